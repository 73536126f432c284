"""Charts laid out once as plain shapes; app.reports paints them on paper, app.ui on the screen."""

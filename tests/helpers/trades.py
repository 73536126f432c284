"""Words of a trade that no other trade should read."""

# Words that belong to a trade, and the question sets (or "process:<id>" of a works) that may use them.
TRADES = {
    "电镀": ("镀|挂具|阳极|镀槽|工件", {"process:plating"}),
    "印刷": ("油墨|承印|印版|凹印|柔印", {"process:printing"}),
    "涂装": ("喷漆|喷粉|漆渣|面漆", {"process:painting", "car_repair"}),
    "养殖": ("存栏|粪污|兽药|料肉比", {"livestock", "aquaculture"}),
    "种植": ("农膜|亩均|播种", {"planting"}),
    "酒店": ("客房|布草|间夜", {"hotel", "laundry"}),
    "医院": ("床位|门诊|床日", {"hospital"}),
    "餐饮": ("油烟|灶头|隔油", {"restaurant", "hotel", "office", "retail", "station", "hospital"}),
    "港口": ("岸电|泊位|艘次", {"port"}),
    "车队": ("百公里|行驶里程", {"fleet", "logistics"}),
    "工地": ("渣土|钢筋", {"construction"}),
}

"""Words of a trade that no other trade should read."""

# Words that belong to a trade, and the question sets (or "process:<id>" of a works) that may use them.
TRADES = {
    "电镀": ("镀|挂具|阳极|镀槽|工件", {"process:plating"}),
    "印刷": ("油墨|承印|印版|凹印|柔印|过版纸|供墨", {"process:printing"}),
    "涂装": ("喷漆|喷粉|漆渣|面漆|漆雾|上漆", {"process:painting", "car_repair"}),
    "钢铁": ("废钢|高炉|烧结|煤气放散", {"process:steelmaking"}),
    "炼化": ("密封点|火炬气|凝结水", {"process:refining"}),
    "窑炉": ("窑炉|窑尾|掺用废渣", {"process:kiln"}),
    "有色": ("烧损|再生料|成材率", {"process:casting", "process:rolling"}),
    "印染": ("浴比|染机|染成|定型机", {"process:dyeing"}),
    "造纸": ("白水|黑液|废纸浆", {"process:papermaking"}),
    "原料药": ("母液|釜残|收率是", {"process:synthesis"}),
    "食品": ("下脚料|原料加工量", {"process:food"}),
    "线路板": ("线路板|蚀刻|覆铜板", {"process:etching"}),
    "养殖": ("存栏|粪污|兽药|料肉比", {"livestock", "aquaculture"}),
    "种植": ("农膜|亩均|播种", {"planting"}),
    "酒店": ("客房|布草|间夜", {"hotel", "laundry"}),
    "医院": ("床位|门诊|床日", {"hospital"}),
    "工厂": ("车间|工段|班产", {"industry", "car_repair", "laundry"}),
    "餐饮": ("油烟|灶头|隔油", {"restaurant", "hotel", "office", "retail", "station", "hospital"}),
    "港口": ("岸电|泊位|艘次", {"port"}),
    "车队": ("百公里|行驶里程", {"fleet", "logistics"}),
    "工地": ("渣土|钢筋", {"construction"}),
}

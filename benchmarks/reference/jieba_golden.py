#!/usr/bin/env python3
"""Write texts with the lengths of their words as jieba 0.42.1 cuts them.

    jieba_golden.py OUT.jsonl.gz [--seed N] [--rows N] [--text FILE]...

needs jieba==0.42.1. The rows are made by a seeded generator, so the same
arguments give the same file. --rows scales the generated part; --text adds
every line of a UTF-8 file, for checks on a corpus of your own:

    go test ./internal/jieba -run TestGolden -cuts OUT.jsonl.gz

The first line says what made the file. Each further line is an object with
kind, t (the text) or b (base64 of its bytes, where JSON cannot say it: lone
surrogates) and n, the length of each token in bytes of UTF-8, a surrogate
counting 3.
"""
import argparse
import base64
import collections
import gzip
import json
import random
import sys

import jieba

PLACES = "北京 上海 广州 深圳 成都 重庆 西安 武汉 杭州 南京 乌鲁木齐 呼和浩特 哈尔滨 香港 澳门 台北 东京 巴黎 华盛顿 莫斯科 内罗毕 圣保罗 雅加达 长三角 粤港澳大湾区 青藏高原 塔里木盆地 洞庭湖 五道口 中关村 陆家嘴".split()
ORGS = "国家统计局 教育部 世界卫生组织 联合国教科文组织 中国人民银行 清华大学 复旦大学 中科院计算所 最高人民法院 省发展和改革委员会 市疾控中心 红十字会 村民委员会 阿里巴巴集团 比亚迪 宁德时代 大疆创新 商务部 交通运输部 气象台 消防救援支队 欧盟委员会 亚洲开发银行".split()
SURNAMES = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 欧阳 司马 诸葛 上官 慕容 尉迟 邱 覃 岑 逄 仝 乜".split()
GIVEN = "伟 芳 娜 秀英 敏 静 丽 强 磊 洋 艳 勇 军 杰 涛 明 超 秀兰 霞 平 刚 桂英 子轩 梓涵 浩然 欣怡 宇航 诗涵 思远 若曦 皓轩 雨桐 一诺 沐宸 翀 骞 煜祺 昱霖 彧".split()
TITLES = "主任 教授 局长 研究员 记者 董事长 总经理 院士 村支书 工程师 护士长 发言人 教练 导演 同学 博士".split()
TIMES = "昨天 今年三月 上周五 近日 2023年5月12日 去年第四季度 当地时间14日晚 上午9:30 十年前 春节期间 21世纪初 凌晨三点半 “十四五”期间 本月底 1998年 改革开放以来".split()
NOUNS = "经济增长 粮食产量 新能源汽车 人工智能 大语言模型 半导体产业 基础设施 营商环境 生物多样性 空气质量 地铁线路 高速铁路 传统戏曲 非物质文化遗产 博物馆 期末考试 乡村振兴 水稻种植 碳排放 数据安全 量子计算机 航天员 登月计划 深海探测器 疫苗接种 养老保险 房地产市场 跨境电商 直播带货 二手书店 夜市小吃 羽毛球比赛 国产电影 网络文学 石墨烯电池 冷链物流 老旧小区改造 志愿服务 垃圾分类 长城保护 天气预报 股票指数 小龙虾养殖 智能手机 芯片制造工艺 机器学习算法 强化学习 奖励函数 分词器".split()
VERBS = "表示 指出 宣布 发布 推动 促进 研究 讨论 批评 支持 反对 参观 调查 完善 加快 落实 启动 推进 优化 监测 修复 保护 收购 出口 引进 公布 回应 质疑 赞扬 揭开 打造 梳理 叫停 试点 深耕".split()
ADVERBS = "已经 正在 将 首次 全面 基本 进一步 稳步 悄悄地 不断 大幅 逐渐 一致 再次 终于 仍然 显然 几乎 从未 并不".split()
ADJS = "重要 可持续 高质量 前所未有的 复杂的 绿色低碳的 令人惊讶的 微不足道的 关键性 跨学科的 历史性的 透明 公平公正的 难以置信的 热气腾腾的 无人驾驶 开源".split()
UNITS = "亿元 万吨 个百分点 名 公里 平方米 万人次 台 摄氏度 家企业 纳米 兆瓦时 分钟 英亩 立方米每秒".split()
LATIN = "GDP AI 5G iPhone15 Wi-Fi C++ C# T恤 卡拉OK AT&T COVID-19 GPT-4 Python3.11 H100 PM2.5 ResNet-50 e-mail user_name http://example.com/a?b=1&c=2 a.b.c v1.0.2-rc1 x86_64 F=ma 3D打印 USB-C B超 K线 node.js Qwen2.5-7B O2O A股 .NET 100%".split()
COLLOQUIAL = "我觉得吧 说实话 这玩意儿 咋整 真的假的 哈哈哈哈 不见不散 随便啦 他们俩 一会儿 没啥大不了的 好家伙 绝绝子 躺平 内卷 干饭人 打工人 妥妥的 有点儿 忒慢 你瞅瞅 这波操作 真香 整不明白 嗯嗯 唉 吃了么您".split()
CLASSICAL = "学而时习之不亦说乎 道可道非常道 大江东去浪淘尽 床前明月光疑是地上霜 落霞与孤鹜齐飞秋水共长天一色 天行健君子以自强不息 路漫漫其修远兮吾将上下而求索 春花秋月何时了 知之者不如好之者 关关雎鸠在河之洲 蒹葭苍苍白露为霜 采菊东篱下悠然见南山 先天下之忧而忧 滕王高阁临江渚".split()
AMBIGUOUS = "乒乓球拍卖完了 研究生命起源 南京市长江大桥 结婚的和尚未结婚的 他说的确实在理 工信处女干事每月经过下属科室都要亲口交代24口交换机等技术性器件的安装工作 我来到北京清华大学 小明硕士毕业于中国科学院计算所 化妆和服装 中外科学名著 这样的人才能经受住考验 下雨天留客天留我不留 武汉市长江大桥欢迎您 一次性交多少钱 羽毛球拍卖给谁 部分居民生活水平 发展中国家兔的计划 门把手弄坏了 有意见分歧 提高人民生活水平 学生会组织义演活动 美军中将竟公然说 从马上跳下来 马上就来 白天鹅在水里游泳 永和服装饰品有限公司 领导人民 雨伞和平底鞋 独立自主和平等互利的原则".split()
SPACES = " |  |\t|\n|\r\n|\r|\n\r\n|\r\r\n|\x0b|\x0c|\x1c|\x1d|\x1e|\x1f|\x85|\xa0|\u1680|\u2000|\u2003|\u2009|\u200a|\u2028|\u2029|\u202f|\u205f|\u3000|\u200b|\ufeff|\u180e|\u2060|\x00|\x1b|\x7f".split("|")
PUNCT = list("，。！？；：、“”‘’（）《》【】—…·～￥「」『』〈〉!?;:,'\"()[]{}<>/\\|@$^*=~`#%&+-._")
EMOJI = "😀 👍🏽 👨‍👩‍👧 🇨🇳 ❤️ 🤖 🀄 ☃ ✅ 1️⃣".split()
OTHER = "ｆｕｌｌｗｉｄｔｈ １２３４５％ ＡＢＣ＋＋ Ａ股 カタカナ ひらがな 한국어 русский ελληνικά العربية עברית हिन्दी naïve café é Ａ．Ｂ ㊗ ㍿ ⅷ ① ½ ²³ ٣٤ ０.５ 〇 々 〆 γ射线 α粒子 №5 ℃ ∶ 几何∶比".split()
RARE = [chr(c) for c in (0x4E00, 0x4DFF, 0x9FA5, 0x9FA6, 0x9FBB, 0x9FC3, 0x9FD5, 0x9FD6, 0x9FFF, 0x3400, 0x4DB5, 0x20000, 0x2A6D6, 0x2B740, 0x2CEB0, 0x30000, 0xF900, 0xFA0E, 0x2F00, 0x2E80, 0xE000, 0xFFFD, 0xFFFF, 0x10FFFF)]
RARE_CJK = list("龘靐齉爩麤龗灪龖厵癵驫鱻羴猋骉蟲贔屭饕餮耄耋魑魅魍魉囍卐卍乪乫乬乭乮乯乶乷乸乹乺")


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        freq = jieba.dt.FREQ
        self.words = sorted(w for w, f in freq.items() if f)
        self.common = sorted((w for w, f in freq.items() if f), key=lambda w: (-freq[w], w))[:20000]
        self.common_chars = [w for w in self.common if len(w) == 1]
        self.prefixes = sorted(w for w, f in freq.items() if not f)

        self.ties = self.find_ties(freq)
        self.hidden = [w for w in self.words if len(w) in (2, 3) and self.is_hidden(w)]
        self.hidden3 = [w for w in self.hidden if len(w) == 3]

    def find_ties(self, freq):
        """Texts with two best routes of equal probability, by length of the first words."""
        after = collections.defaultdict(list)
        for w in self.words:
            if 2 <= len(w) <= 4:
                after[w[:-1]].append(w)
        ties = collections.defaultdict(list)
        for w in self.words:
            # w + z is w|z and w[0]|w[1:]+z, of equal probability by commutativity.
            for v in after.get(w[1:], ()) if 2 <= len(w) <= 4 else ():
                if freq[v] == freq[w] and freq.get(w[0]) and freq.get(w[0]) == freq.get(v[-1]):
                    text = w + v[-1]
                    route = {}
                    jieba.dt.calc(text, jieba.dt.get_DAG(text), route)
                    if route[0][1] == len(w) - 1:
                        ties[len(w)].append(text)
        return [ties[k] for k in sorted(ties)]

    @staticmethod
    def is_hidden(word):
        """Whether the best route takes a dictionary word one character at a time."""
        route = {}
        jieba.dt.calc(word, jieba.dt.get_DAG(word), route)
        return all(route[i][1] == i for i in range(len(word)))

    def pick(self, *lists):
        return self.r.choice(self.r.choice(lists))

    def name(self):
        return self.pick(SURNAMES) + self.pick(GIVEN)

    def number(self):
        r = self.r
        return r.choice([
            lambda: str(r.randrange(10 ** r.randrange(1, 9))),
            lambda: "%.*f" % (r.randrange(1, 4), r.uniform(0, 1000)),
            lambda: "%.1f%%" % r.uniform(0, 100),
            lambda: "%d%%" % r.randrange(101),
            lambda: "{:,}".format(r.randrange(10 ** 7)),
            lambda: "%d.%d.%d" % (r.randrange(10), r.randrange(20), r.randrange(30)),
            lambda: "%04d-%02d-%02d" % (r.randrange(1900, 2030), r.randrange(1, 13), r.randrange(1, 29)),
            lambda: "+86-%d" % r.randrange(10 ** 10),
            lambda: "".join(r.choice("零一二三四五六七八九十百千万亿两点分之第") for _ in range(r.randrange(1, 9))),
        ])()

    def news(self):
        r, p = self.r, self.pick
        clause = r.choice([
            lambda: f"{p(TIMES)}，{p(ORGS)}{p(TITLES)}{self.name()}在{p(PLACES)}{p(VERBS)}，{p(NOUNS)}{p(ADVERBS)}{p(VERBS)}了{p(ADJS)}{p(NOUNS)}",
            lambda: f"据{p(ORGS)}{p(VERBS)}，{p(PLACES)}的{p(NOUNS)}达到{self.number()}{p(UNITS)}，同比增长{self.number()}",
            lambda: f"“{p(NOUNS)}和{p(NOUNS)}之间的关系{p(ADVERBS)}是{p(ADJS)}，”{self.name()}{p(VERBS)}说",
            lambda: f"{self.name()}与{self.name()}{p(ADVERBS)}{p(VERBS)}{p(PLACES)}{p(NOUNS)}，{p(TIMES)}{p(VERBS)}",
            lambda: f"{p(COLLOQUIAL)}，{p(NOUNS)}{p(ADVERBS)}不{p(VERBS)}{p(ADJS)}{p(LATIN)}{p(NOUNS)}吗",
            lambda: f"从{p(PLACES)}到{p(PLACES)}，全程{self.number()}{p(UNITS)}，{p(ADVERBS)}{p(VERBS)}{p(NOUNS)}、{p(NOUNS)}以及{p(NOUNS)}",
            lambda: f"在{p(NOUNS)}方面，{p(ORGS)}{p(ADVERBS)}{p(VERBS)}《{p(ADJS)}{p(NOUNS)}管理办法》第{self.number()}条",
            lambda: f"他把{p(NOUNS)}{p(VERBS)}给{p(TITLES)}看，{p(COLLOQUIAL)}，结果{p(ADVERBS)}{p(VERBS)}",
        ])
        return "".join(clause() + r.choice("。。。！？；\n") for _ in range(r.randrange(1, 4)))

    def dictionary(self):
        return "".join(self.pick(self.words, self.common) for _ in range(self.r.randrange(1, 14)))

    def fragments(self):
        """Words and bare prefixes cut anywhere: paths that end inside the trie."""
        out = []
        for _ in range(self.r.randrange(1, 10)):
            w = self.pick(self.words, self.prefixes)
            i = self.r.randrange(len(w) + 1)
            out.append(self.r.choice((w[:i], w[i:], w)))
        return "".join(out)

    def characters(self):
        hi = self.r.choice((0x9FD5, 0x9FD5, 0x5000))
        return "".join(chr(self.r.randint(0x4E00, hi)) for _ in range(self.r.randrange(1, 40)))

    def singles(self):
        """Frequent characters at random: long runs for the hidden Markov model."""
        return "".join(self.pick(self.common_chars) for _ in range(self.r.randrange(1, 40)))

    def tied(self):
        return self.r.choice(("", "，")).join(self.pick(*self.ties) for _ in range(self.r.randrange(1, 5)))

    def shadowed(self):
        """Dictionary words that are rarer than their characters side by side."""
        return self.r.choice("，。 、").join(self.pick(self.hidden, self.hidden3) for _ in range(self.r.randrange(1, 8)))

    def names(self):
        return "、".join(self.name() for _ in range(self.r.randrange(1, 8))) + self.pick(VERBS)

    def fixed(self):
        return "".join(self.pick(AMBIGUOUS, CLASSICAL, COLLOQUIAL) for _ in range(self.r.randrange(1, 3)))

    def mixed(self):
        r = self.r
        part = [
            lambda: self.pick(LATIN), self.number, lambda: self.pick(NOUNS, VERBS, ADJS),
            lambda: self.pick(PUNCT), lambda: self.pick(SPACES), lambda: self.pick(OTHER, EMOJI),
            lambda: "".join(r.choice("abzAZ019+#&._%-.%") for _ in range(r.randrange(1, 12))),
        ]
        return "".join(r.choice(part)() for _ in range(r.randrange(1, 14)))

    def rare(self):
        return "".join(self.pick(RARE, RARE_CJK, self.common_chars, PUNCT) for _ in range(self.r.randrange(1, 16)))

    def spaces(self):
        return "".join(self.pick(SPACES, SPACES, NOUNS, LATIN) for _ in range(self.r.randrange(1, 12)))

    def surrogates(self):
        r = self.r
        part = [lambda: chr(r.randint(0xD800, 0xDFFF)), lambda: self.pick(NOUNS, LATIN, RARE, EMOJI, PUNCT)]
        return "".join(r.choice(part)() for _ in range(r.randrange(1, 10)))

    def long(self):
        """Thousands of characters, most of them in one block."""
        size = self.r.randrange(1000, 3000)
        out = ""
        while len(out) < size:
            out += self.r.choice((self.dictionary, self.dictionary, self.singles, self.fragments, self.mixed))()
            if self.r.random() < 0.9:
                out = "".join(c for c in out if "\u4e00" <= c <= "\u9fd5" or c.isascii() and c.isalnum())
        return out

    def anything(self):
        r = self.r
        out = []
        for _ in range(r.randrange(1, 30)):
            c = r.choice((r.randrange(0x80), r.randrange(0x3000), r.randrange(0x10000), r.randrange(0x110000)))
            out.append(chr(c))
        return "".join(out)


# Kind and how many of every thousand rows.
PLAN = [
    ("news", 270), ("dictionary", 100), ("fragments", 80), ("tied", 30), ("shadowed", 20), ("characters", 60), ("singles", 80),
    ("names", 50), ("fixed", 60), ("mixed", 120), ("rare", 40), ("spaces", 30), ("surrogates", 20),
    ("anything", 32), ("long", 8),
]

EDGES = ["", " ", "\r\n", "\n\r", "\r", "a", "中", "中中", "的", "A", ".", "..", "%", "1.", ".1", "1.2.3", "1%%",
         "1.5%", "1.%", "a.1b", "a.b%", "-1.5e-10", "3.14159265358979", "100%的", "的100%", "c#", "AT&T", "at&t",
         "\ud800", "\udfff", "中\ud83d国", "\ud83d\ude00", "γ射线", "中γ射线", "龥龥", "鿕鿕", "䶮", "\u9fd5\u9fd6",
         "哈" * 50, "了了了了了了了", "一" * 300, "乪" * 40, "靐龘" * 20, "abc" * 100, "1.1" * 50, "%" * 60, "\n" * 30]


def row(kind, text):
    out = {"kind": kind}
    raw = text.encode("utf-8", "surrogatepass")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        out["b"] = base64.b64encode(raw).decode()
    else:
        out["t"] = text
    tokens = list(jieba.cut(text, cut_all=False))
    assert "".join(tokens) == text
    out["n"] = [len(t.encode("utf-8", "surrogatepass")) for t in tokens]
    return json.dumps(out, ensure_ascii=False, separators=(",", ":"))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rows", type=int, default=3000)
    p.add_argument("--text", action="append", default=[])
    args = p.parse_args()
    assert jieba.__version__ == "0.42.1", jieba.__version__
    jieba.setLogLevel(60)
    jieba.initialize()

    m = Maker(args.seed)
    lines = [json.dumps({
        "reference": "jieba 0.42.1, list(jieba.cut(text, cut_all=False))",
        "python": sys.version.split()[0],
        "command": "jieba_golden.py --seed %d --rows %d%s" % (args.seed, args.rows, " --text ..." * len(args.text)),
    })]
    lines += [row("edge", t) for t in EDGES]
    for kind, share in PLAN:
        for _ in range(args.rows * share // 1000):
            lines.append(row(kind, getattr(m, kind)()))
    for path in args.text:
        with open(path, encoding="utf-8", newline="") as f:
            lines += [row("text", t) for t in f]
    with open(args.out, "wb") as f:
        f.write(gzip.compress("".join(x + "\n" for x in lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()

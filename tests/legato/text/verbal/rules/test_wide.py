"""R16: numbers in text without spaces are read as what they are."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("zh", "会议在14:30开始", "会议在十四点三十分开始"),
        ("zh", "下午3:05到4:00", "下午三点零五分到四点"),
        ("zh", "比分是21:15，3:2获胜", "比分是二十一比十五，三比二获胜"),
        ("zh", "拨打13812345678", "拨打一三八，一二三四，五六七八"),
        ("zh", "请打13812345678吧", "请打一三八，一二三四，五六七八吧"),
        ("zh", "电话010-12345678", "电话零一零，一二三四五六七八"),
        ("zh", "验证码是483920。", "验证码是四八三九二零。"),
        ("zh", "密码100位", "密码一百位"),
        ("zh", "价格¥1,299.99，约$180。", "价格一千二百九十九点九九元，约一百八十美元。"),
        ("zh", "¥100-200，$120万，￥9.9元", "一百到二百元，一百二十万美元，九点九元"),
        ("zh", "气温-3~5℃", "气温负三到五摄氏度"),
        ("zh", "3-5天，3-5%，2023-2024年", "三到五天，百分之三到百分之五，二零二三到二零二四年"),
        ("zh", "以3-1战胜，以1-0取胜", "以三比一战胜，以一比零取胜"),
        ("zh", "体重78kg，1/2杯", "体重七十八公斤，二分之一杯"),
        ("zh", "2024/3/15和2024-03-15", "二零二四年三月十五日和二零二四年三月十五日"),
        ("zh", "见https://a.com/x查看", "见a 点 com查看"),
        ("zh", "邮箱me@x.cn。", "邮箱me 艾特 x 点 cn。"),
        ("ja", "会議は14:30〜15:00です", "会議は十四時三十分から十五時です"),
        ("ja", "スコアは21:15です", "スコアは二十一対十五です"),
        ("ja", "03-1234-5678または0120-123-456へ", "零三、一二三四、五六七八または零一二零、一二三、四五六へ"),
        ("ja", "認証番号は483920です", "認証番号は四八三九二零です"),
        ("ja", "¥1,299です。約$180", "千二百九十九円です。約百八十ドル"),
        ("ja", "3/15(金)、3/4の人", "三月十五日 (金)、四分之三の人"),
        ("ja", "身長1.85mです", "身長一点八五メートルです"),
        ("ja", "https://example.comを見て", "example ドット comを見て"),
        ("en", "14:30~15:30", "fourteen thirty~fifteen thirty"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


@pytest.mark.parametrize("tail", ["验证码是", "验证码", "请拨", "比分", "认证电话："])
def test_what_says_how_digits_are_read_is_not_cut_off(tail, reader):
    assert not reader("zh").may_cut(tail)
    assert reader("zh").may_cut(f"{tail}的人们今天都来了吗")


def test_an_address_behind_wide_characters_is_not_cut_off(reader):
    assert reader("ja").may_cut("見て")
    assert not reader("ja").may_cut("認証コー")

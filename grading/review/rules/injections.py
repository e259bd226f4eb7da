"""Words by which code tries to talk to a reviewer, in the languages that students write."""

import re
from pathlib import Path

_LINES = (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").split("\n")

# Looked for in plain lower-case words.
WORDS = re.compile("|".join(f"(?:{line})" for line in _LINES if line and not line.startswith("#")))

# Scripts of other kinds, looked for before letters are made Latin ones.
_SCRIPTS = """
    игнорир забудь инструкц систем проверяющ рецензент балл похвал忽略 无视 指令 指示
    满分 滿分 系统提示 评审 審查 表扬 无问题 無視 満点 褒め 採点 評価者 تجاهل التعليمات تعليمات الدرجة مراجع
    निर्देश अनदेखा अंक प्रशंसा 무시 지시 만점 칭찬 채점 ignoră інструкц оцінк התעלם הוראות
    αγνόησ αγνοήσ οδηγί βαθμ μπράβο επαίνεσ λάθη
    نادیده تحسین উপেক্ষা நிராகரி புறக்கணி అలక్ష్యం نظر‌انداز անտեսիր უგულებელყავ ігнору похвал пофали คำสั่ง คะแนน
""".split()

# Marks of chats and of replies, looked for in the text as it stands.
MARKS = re.compile(
    r"<\|?\s*/?\s*(?:im_start|im_end|im_sep|system|user|assistant|endoftext|end_of_text|begin_of_text|eot_id"
    r"|start_header_id|end_header_id|s|think|tool_call|instructions?)\s*\|?>"
    r"|\[/?(?:INST|SYS|SYSTEM|ASSISTANT|USER)\]|<</?SYS>>|#{2,}\s*(?:assistant|system|user|instructions?"
    r"|response|human|input|task|output|review|end)\b"
    r"|(?:^|[\s\"'#])(?:assistant|system|ai|reviewer)\s*:\s*\S|[\"']?(?:comments|kind"
    r"|lines)[\"']\s*:\s*[\[\"']|\brole[\"']?\s*[:=]\s*[\"']|```\s*(?:json|system)?|</?(?:student|code|answer"
    r"|reference|prompt)\w*>|[-=]{3,}\s*(?:end|begin|start)(?: of)?"
    r" (?:student|system|prompt|instructions?|review|input)",
    re.IGNORECASE,
)

OTHER_SCRIPTS = re.compile("|".join(map(re.escape, _SCRIPTS)))

# Without blanks and marks between letters.
SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget|override)(?:all|any|the|my|your|every|of|previous|prior|above|earlier)*"
    r"(?:(?:previous|prior|above|earlier|rules)$|instruction|prompt)|previousinstructions|systemprompt|systemoverride"
    r"|fullmarks|fullscore(?!s|matrix|tensor)|fullpoints|fullcredit|onlypraise|praiseonly|youareanai|asanai"
    r"|languagemodel|reviewernote|notetoreviewer|dearreviewer|deargrader"
    r"|ignoriereallean|volleepunktzahl|vollepunktzahl|ignoreztoutes|ignoratodas"
)

#!/usr/bin/env python3
"""json2law.py JURISDICTIONS.json OUTDIR: writes the research data as profiles, one file for each
jurisdiction and version. What the data holds in words and the evaluator needs as values comes from
known.py; fields.txt says which value goes where. The files are then kept and reviewed as text:
this is how they came about, and how a newer edition of the data is merged."""
import copy
import json
import os
import re
import sys
import unicodedata

import known

HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = ["", "definition", "consent", "burden_of_proof", "content", "label", "unsubscribe",
            "truthfulness", "harvesting", "limits", "territorial", "penalties",
            "private_right_of_action", "reporting", "checks"]


def read_schema():
    """Fields in order, with type, from the table that the program is compiled with."""
    text = open(os.path.join(HERE, "../../src/law/field_table.h"), encoding="utf-8").read()
    out = []
    for m in re.finditer(r'^FIELD\((\w+),\s*"(\w*)",\s*"(\w+)",\s*(\w+),\s*"([^"]*)",\s*(\w+)', text, re.M):
        out.append({"section": m[2], "key": m[3], "type": m[4], "use": m[6],
                    "name": (m[2] + "." if m[2] else "") + m[3]})
    return out


def read_map():
    pairs = [l.split() for l in open(os.path.join(HERE, "fields.txt"), encoding="utf-8")
             if l.strip() and not l.startswith("#")]
    return {field: path for path, field in pairs}


def quote(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def look(data, path):
    for part in path.split("."):
        if not isinstance(data, dict) or part not in data:
            return None
        data = data[part]
    return data


def value(v, kind):
    if v is None:
        return "unknown"
    if isinstance(v, bool):
        return "yes" if v else "no"
    if isinstance(v, list):
        return (",\n            ".join(quote(x) for x in v)) if v else "none"
    if isinstance(v, (int, float)):
        return str(v)
    return v if kind in ("WORD", "DATE") else quote(v)


def low_fields(general, schema):
    """Fields named by general_knowledge_fields, which may name a whole section or a part of it."""
    special = {
        "consent.soft_opt_in (12 months)": ["consent.soft_months"],
        "consent.soft_opt_in (6 months)": ["consent.soft_months"],
        "consent.expiry": ["consent.expiry", "consent.express_months"],
        "definition.media": ["definition." + m for m in "email sms im fax voice".split()],
        "definition.media.im": ["definition.im"], "definition.media.sms": ["definition.sms"],
        "definition.exemptions": ["definition.exempt_" + e for e in
                                  "transactional non_profit political other".split()],
        "label.position for e-mail today": ["label.position"],
        "definition.b2b_rule (exception)": ["definition.b2b_rule"],
        "sending_limits (e-mail exemption)": ["limits.other_media_window"],
        "unsubscribe.honour_within": ["unsubscribe.honour_within", "unsubscribe.honour_unit"],
        "consent.register_check": ["consent.register_check", "consent.register"],
        "private_right_of_action.note (recipients)": ["private_right_of_action.note"],
        "private_right_of_action.note (federal part)": ["private_right_of_action.note"],
        "penalties (carry-over of 2008 amounts into the 2011 regulations)":
            ["penalties.max_fine"],
        "penalties.max_fine": ["penalties.max_fine", "penalties.max_fine_per"],
        "unsubscribe.note": ["unsubscribe.note"],
    }
    low = set()
    for g in general:
        if g in special:
            low.update(special[g])
            continue
        path = re.sub(r" \(.*\)$", "", g)
        path = path.replace("content.label", "label")
        for f in schema:
            if f["name"] == path or f["name"].startswith(path + "."):
                low.add(f["name"])
            if path == "content" and f["section"] == "label":
                low.add(f["name"])
    return low


def derive(j):
    """The values that stand in words in the data."""
    code = j["code"]
    out = {"kind": "floor" if code == "EU" else "law"}
    soft = []
    for c in j["consent"]["soft_opt_in"]["conditions"]:
        soft += [w for w in known.SOFT.get(c, "").split() if w not in soft]
    order = "collected own_similar offered every_message no_refusal told".split()
    if soft:
        out["consent.soft_requires"] = ", ".join(w for w in order if w in soft)
    if j["content"]["contact"]:
        out["content.contact_required"] = "yes"
    if j["content"]["label"]["required"]:
        out["label.scope"] = known.LABEL_SCOPE.get(code, "always")
    elif code in known.LABEL_SCOPE:
        out["label.scope"] = known.LABEL_SCOPE[code]
    if j.get("parent_profile") == "EU":
        out["consent.published"] = "no"
    out.update(known.VALUES.get(code, {}))
    return out


def instruments(j):
    out = []
    for n, i in enumerate(j["instruments"], 1):
        out.append(f"    instrument {n} {{")
        out.append(f"        title = {quote(i['title'])}")
        out.append(f"        year = {i['year'] if i['year'] is not None else 'unknown'}")
        for k in ("citation", "regulator", "url"):
            out.append(f"        {k} = {quote(i[k]) if i[k] is not None else 'unknown'}")
        out.append("    }")
    return out


def sources(j):
    out = []
    for n, s in enumerate(j["sources"], 1):
        out.append(f"    source {n} {{")
        out.append(f"        kind = {s['kind']}")
        for k in ("title", "url", "date"):
            out.append(f"        {k} = {quote(s[k]) if s[k] is not None else 'unknown'}")
        out.append("    }")
    return out


def conditions(key, text):
    return f"        {key} = " + ", ".join(quote(c) for c in text.split("|")) if text else None


def rule(name, text, where, when, need, repair, low):
    out = [f'    rule "{name}" {{', f"        text = {quote(text)}"]
    if where:
        out.append(f"        from = {quote(where)}")
    if when:
        out.append(conditions("when", when))
    if need:
        key, need = ("any", need[4:]) if need.startswith("any:") else ("need", need)
        out.append(conditions(key, need))
    if repair:
        out.append(f"        repair = {quote(repair)}")
    if low:
        out.append("        confidence = low")
    return out + ["    }"]


def write_law(j, schema, paths, version, over, comment):
    values = derive(j)
    low = low_fields(j["general_knowledge_fields"], schema)
    values.update(over)
    out = [f"# {j['name']}: {comment}" if comment else f"# {j['name']}",
           "# Research notes, not legal advice. unknown = not known or not found; [low] = general "
           "knowledge.", "", f'law "{j["code"]}" "{version}" {{']
    for section in SECTIONS:
        if section:
            out.append(f"    {section} {{")
        for f in (f for f in schema if f["section"] == section):
            name = f["name"]
            if name in values:
                text = values[name]
            elif name in paths:
                text = value(look(j, paths[name]), f["type"])
            elif f["use"] == "FREE" or name in ("applies_when", "since"):
                continue
            else:
                text = "unknown"
            if name in ("applies_when", "since") or (name == "members" and "members" not in values):
                continue
            if name in low and text != "unknown" and "[low]" not in text:
                text += " [low]"
            out.append(f"{'        ' if section else '    '}{f['key']} = {text}")
        clause = known.CLAUSES.get(j["code"], {}).get(section)
        if clause:
            out.append(f"        clause = {quote(clause)}")
        if section:
            out.append("    }")
    out += instruments(j) + sources(j)
    low_content = "content" in j["general_knowledge_fields"]
    for name, text, need, repair in known.REQUIRED_TEXTS.get(j["code"], []):
        out += rule(name, text, "", "", need, repair, low_content)
    return "\n".join(out + ["}"]) + "\n"


def write_terms(p):
    kinds = {"mailbox_provider": "provider", "technical_standard": "standard",
             "certification": "certification", "industry_bcp": "code", "self_regulation": "code"}
    version = {"industry_bcp": "best-practice", "self_regulation": "self-regulation"}.get(
        p["kind"], "terms")
    low = p["general_knowledge_fields"]
    out = [f"# {p['name']}: no law, somebody's terms. It warns, it never fails.", "",
           f'law "{p["id"]}" "{version}" {{', f"    name = {quote(p['name'])}",
           f"    kind = {kinds[p['kind']]}",
           f"    from = {known.PROVIDER_FROM.get(p['id'], 'unknown')}",
           f"    confidence = {p['confidence']}",
           f"    applies_when = {quote(p['applies_when'])}",
           f"    since = {quote(p['since']) if p['since'] else 'unknown'}",
           f"    general_knowledge = {value(low, 'TEXTS')}"]
    for r in p["requirements"]:
        when, need = known.REQUIREMENTS[p["id"]].get(r["id"], ("", ""))
        out += rule(r["id"], r["text"], r["checkable_from"], known.WHEN[when], need,
                    known.REPAIR.get(r["id"], "") if need else "",
                    "requirements" in low or "requirements." + r["id"] in low)
    return "\n".join(out + sources(p) + ["}"]) + "\n"


def slug(j):
    if not j["instruments"]:
        return "none-found"
    i = j["instruments"][0]
    plain = unicodedata.normalize("NFKD", i["title"]).encode("ascii", "ignore").decode()
    short = re.findall(r"\(([A-Za-z]{2,8})\)", plain)
    words = short[-1:] or [w for w in re.findall(r"[A-Za-z]+", plain)
                           if w.lower() not in ("act", "of", "on", "the", "and", "law", "for")][:3]
    year = re.search(r"\d{4}", plain)
    stem = "-".join(words).lower()
    return stem + (f"-{i['year']}" if i["year"] and not (year and not words) else "")


def save(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def main():
    data = json.load(open(sys.argv[1], encoding="utf-8"))
    schema, paths = read_schema(), read_map()
    n = 0
    for j in data["jurisdictions"]:
        version = known.VERSION.get(j["code"]) or slug(j)
        save(os.path.join(sys.argv[2], j["code"].lower(), version + ".law"),
             write_law(j, schema, paths, version, {}, ""))
        n += 1
        for code, old, start, end, over, why in known.EARLIER:
            if code != j["code"]:
                continue
            over = dict(copy.copy(over), **{"from": start, "until": end})
            if old == version:
                sys.exit(f"{code}: two versions are called {old}")
            save(os.path.join(sys.argv[2], code.lower(), old + ".law"),
                 write_law(j, schema, paths, old, over, why))
            n += 1
    for p in data["non_legal_profiles"]:
        save(os.path.join(sys.argv[2], "profiles", p["id"] + ".law"), write_terms(p))
        n += 1
    print(f"{n} files")


main()

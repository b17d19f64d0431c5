"""Which tradition a name is of, by its words: for figures by group, never for a comparison.

A name of several traditions counts once, in this order: a mononym is one word, whatever the word; Balinese by birth
order or caste in front; a clan by its last word; Arabic by a word in front or by the ending -uddin or -ullah. The
rest is `other`: Javanese, Sundanese, Malay, Western and Chinese names of several words. Titles are left out first and
spelling is the plain one, so MUH., MOCHAMAD and MUHAMMAD are one word. Lists, not people: a Javanese family may call
a daughter SITI, and a Batak need not write his marga. Good enough to see whether a kind of name is flagged by chance.
Source: DOMAIN notes 4 (naming traditions).
"""

from collections.abc import Callable

import numpy as np

from saksama.linkage.kernels.arrays import Bytes, Ints, Words
from saksama.linkage.kernels.text import hash_bytes, hash_words
from saksama.linkage.names import Names
from saksama.linkage.spelling import full_forms, plain_word

TRADITIONS = ("mononym", "balinese", "clan", "arabic", "other")
_MONONYM, _BALINESE, _CLAN, _ARABIC, _OTHER, _BLANK = range(6)

# Balinese: I or NI in front, or a birth order or caste; two words for castes that share a word with other names.
_PARTICLES = "I NI"
_ORDERS = "WAYAN PUTU GEDE MADE KADEK NENGAH KOMANG NYOMAN KETUT LUH COKORDA DESAK"
_CASTES = (("IDA", "AYU"), ("IDA", "BAGUS"), ("ANAK", "AGUNG"), ("DEWA", "GEDE"), ("DEWA", "AYU"), ("DEWA", "MADE"))
_CLANS = """
    SIREGAR NASUTION HARAHAP LUBIS SIMANJUNTAK HUTAGALUNG SITUMORANG SINAGA SILALAHI PANJAITAN NAINGGOLAN MANURUNG
    SIMBOLON SITORUS SIAHAAN HUTAPEA SIBARANI GULTOM PURBA SARAGIH DAMANIK GINTING SEMBIRING TARIGAN SITEPU BARUS
    PERANGINANGIN KARO DALIMUNTHE RITONGA RAMBE HASIBUAN BATUBARA POHAN PARDEDE TAMBUNAN MARPAUNG SIANIPAR SIHOMBING
    HUTABARAT LUMBANTOBING TOBING LUMBANGAOL SIMATUPANG ARITONANG SIRAIT BUTARBUTAR SIAGIAN PAKPAHAN HUTAURUK
    SIMANUNGKALIT PASARIBU SIPAYUNG MANALU BERUTU BANCIN HUTASOIT SIMAMORA SIBURIAN SIHITE NAPITUPULU NABABAN
    ZEBUA HAREFA GULO TELAUMBANUA LAIA HALAWA WARUWU ZENDRATO MENDROFA ZEGA LASE HULU NDRAHA DUHA
    LUMENTUT WENAS MAMAHIT MANDAGI SUMUAL WOWOR KAUNANG LASUT MANOPPO MOKODOMPIT PANGKEY RATULANGI RUNTUWENE SONDAKH
    SUPIT TICOALU TUMBELAKA WAROUW KALIGIS KAWILARANG LENGKONG MARAMIS PALAR PONTOH RORIMPANDEY RUMENGAN TUMEWU
    SAHETAPY LEIMENA MATULESSY PATTINAMA PATTY SALAMPESSY TUASIKAL LATUCONSINA TOMASOA SOUISA SAPULETTE MANUHUTTU
    MANUPUTTY SIAHAYA TUPAMAHU WATTIMENA WATTIMURY PELUPESSY PATTIASINA TUHUMURY LATUHARHARY LEKATOMPESSY
    SERAN KLAU BRIA NAHAK MANEK FALLO TANAEM SELAN NABUASA NENOHAI LERIK
    WENDA KOGOYA TABUNI WANIMBO TELENGGEN MURIB YIKWA YOMAN RUMBIAK RUMAROPEN KAMBUAYA YEIMO GOBAI DOUW MOTE PIGAI
    PEKEI WONDA ENUMBI WALELA HALUK ASSO ITLAY LOKOBAL KOSSAY MABEL WETIPO RUMBEWAS KARMA WAMBRAUW SOLOSSA
"""
_ARABIC_WORDS = """
    MUHAMMAD AHMAD ABDUL ABDULLAH ABDURRAHMAN ABDURROHMAN ABDURRAHIM SITI NUR NURUL FATIMAH FATMAWATI AISYAH AISAH
    UMAR USMAN ALI HASAN HUSEIN HUSAIN IBRAHIM ISMAIL YUSUF YAKUB YUNUS SULAIMAN HALIMAH KHADIJAH MARYAM ZAINAB ZAINAL
    HAMZAH KHOLID KHALID RIDWAN MANSUR MASHUR SYARIF SYARIFAH UMMI UMI KHOIRUL CHOIRUL KHAIRUL SAIFUL SYAIFUL FAIZ
    FARHAN FATHUR FATKHUR MAHMUD MUSTOFA MUSTAFA MUSA IDRIS ILYAS ISKANDAR HIDAYAT RAHMAT ROHMAT SALEH SHOLEH SALIM
    ZULKIFLI ANWAR ASMAUL AMINAH ROHMAH LAILA LAILATUL MIFTAHUL
"""
_ENDINGS = (b"UDIN", b"ULA")  # -UDDIN and -ULLAH in plain spelling


def tradition_of_names(names: Names) -> Callable[[Ints], Ints]:
    """A function that gives the tradition of records by index: a number into `TRADITIONS`, one more for no name."""
    known = hash_words(names.letters, names.starts)
    particles, orders, clans = (_are_in(known, words) for words in (_PARTICLES, _ORDERS, _CLANS))
    arabic = _are_in(known, _ARABIC_WORDS) | _end_in(names)
    castes = [(_are_in(known, first), _are_in(known, second)) for first, second in _CASTES]

    def of(records: Ints) -> Ints:
        begins, sizes = names.begins[records], names.sizes[records]
        out = np.where(sizes == 0, _BLANK, np.where(sizes == 1, _MONONYM, _OTHER))
        several = np.flatnonzero(sizes > 1)
        if not len(several):
            return out
        first, second = names.words[begins[several]], names.words[begins[several] + 1]
        last = names.words[begins[several] + sizes[several] - 1]
        balinese = particles[first] | orders[first]
        for one, two in castes:
            balinese |= one[first] & two[second]
        out[several] = np.select([balinese, clans[last], arabic[first]], [_BALINESE, _CLAN, _ARABIC], _OTHER)
        return out

    return of


def _are_in(known: Words, words: str) -> Bytes:
    """Which words of the dictionary, by their hashes, are among `words`; bool[words]."""
    full = {short.decode(): whole.decode() for short, whole in full_forms("indonesia").items() if whole}
    plain = [plain_word(word) for word in words.split()]
    texts = [np.frombuffer(full.get(word, word).encode(), np.uint8) for word in plain]
    wanted = np.array([hash_bytes(text, 0, len(text)) for text in texts], np.uint64)
    return np.asarray(np.isin(known, wanted))


def _end_in(names: Names) -> Bytes:
    """Which words of the dictionary have one of the Arabic endings behind two letters or more; bool[words]."""
    sizes = np.diff(names.starts)
    out = np.zeros(len(sizes), bool)
    for ending in _ENDINGS:
        fits = np.flatnonzero(sizes >= len(ending) + 2)
        same = np.ones(len(fits), bool)
        for back, letter in enumerate(reversed(ending), 1):
            same &= names.letters[names.starts[fits + 1] - back] == letter
        out[fits] |= same
    return out

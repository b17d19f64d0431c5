"""People we know. Sari decides in Sleman; Wayan is her second pair of eyes; Budi settles what the two dispute; Ratna
works in Bantul and must be refused; Tono observes for Bawaslu: he reads, he never writes."""

from saksama.model.officer import Officer, OfficerId, Role
from saksama.model.wilayah import Wilayah

SLEMAN, BANTUL = Wilayah("34.04"), Wilayah("34.02")
SARI = Officer(OfficerId("P-000001"), Role.OPERATOR, SLEMAN, "KPU Kabupaten Sleman")
WAYAN = Officer(OfficerId("P-000002"), Role.MEMBER, SLEMAN, "KPU Kabupaten Sleman")
RATNA = Officer(OfficerId("P-000003"), Role.OPERATOR, BANTUL, "KPU Kabupaten Bantul")
TONO = Officer(OfficerId("P-000004"), Role.OBSERVER, SLEMAN, "Bawaslu Kabupaten Sleman")
BUDI = Officer(OfficerId("P-000005"), Role.MEMBER, SLEMAN, "KPU Kabupaten Sleman")

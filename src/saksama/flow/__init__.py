"""THE MAIN PATH. Six steps, a file each; the only place where the parts meet.

    1 intake    take_in_roll        a roll file becomes checked records, sealed
    2 find      find_duplicates     checked records become pairs and clusters
    3 refer     refer_cases         a recommendation becomes a case of the office
    4 decide    decide_case         two people rule on a case
    5 enter     enter_pending       what was done becomes ledger entries, witnessed
    6 enact     enact_decisions     decisions become the next roll and a Berita Acara

Only step 4 decides; only step 6 changes a roll. Beside the steps stand `office` (an office's parts, built once),
`shelves` (where sealed rolls, runs and outcomes rest) and `desk` (what deciding needs).
"""

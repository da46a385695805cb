"""Functions in the database that generated columns and policies stand on."""

# NFD splits a syllable into conjoining jamo, so that a half-typed "호" finds 홍; case is folded for foreign names.
JAMO = """
create function hc_jamo(text) returns text language sql immutable strict parallel safe as
$$ select normalize(lower(replace($1, ' ', '')), NFD) $$
"""
# Initial consonants as people type them (ㄱ, not the conjoining ᄀ); signs outside Hangul stay, folded.
INITIALS = """
create function hc_initials(text) returns text language sql immutable strict parallel safe as
$$ select string_agg(case when ascii(sign) between 44032 and 55203
          then substr('ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ', (ascii(sign) - 44032) / 588 + 1, 1)
          else lower(sign) end, '' order by place)
   from unnest(string_to_array(replace($1, ' ', ''), null)) with ordinality as signs(sign, place) $$
"""

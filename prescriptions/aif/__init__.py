"""The AIF guard (domain.md A40): an individual aid comes after what is bought for a group.

`search` finds the collective sessions that may serve somebody, `evidence` freezes what was found into the fact
`examine_aif`, `services` records it, `alerts` tells of people for whom no session opens in time.
"""

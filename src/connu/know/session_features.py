"""What is known of a candidate: the columns that say how likely it comes next."""

from __future__ import annotations

#: Of a candidate, in the order of the columns.
FEATURES = (
    "twins",  # what session twins hold of it, of the most any candidate has
    "place",  # its place by the quick score, from 0
    "after_last",  # it comes after the item on screen, nearer more, of its sessions
    "next_after_last",  # times it comes right after the item on screen
    "next_share",  # the same of that item's sessions
    "before_last",  # it comes before the item on screen, of its sessions
    "after_any",  # it comes after what was seen in this session, later items more
    "before_any",
    "sessions_twin",  # how many twins hold it
    "nearest_twin",  # how near the nearest of them is
    "next_after_second",  # times it comes right after the item before the one on screen
    "after_both",  # times it comes right after the last two in this order
    "together",  # with the item on screen, told from how often each is seen
    "seen",  # log of the sessions that hold it
    "seen_tenth",  # of the latest tenth of sessions
    "seen_hundredth",
    "age_days",  # since its first session
    "rest_days",  # since its latest session
    "times",  # in this session so far
    "steps_ago",  # since it was last seen in this session
    "on_screen",
    "again_share",  # the item on screen is followed by itself, of its sessions
    "length",  # of this session so far
    "last_seen",  # log of the sessions that hold the item on screen
    "pause",  # log of seconds between the last two events
    "pause_before",
    "distinct_share",  # distinct items of this session's events
    "near_last",  # cosine to the item on screen
    "near_session",  # cosine to the session
    "same_group",  # of the same category as the item on screen
    "group_share",  # events of this session in its category
    "past_times",  # in earlier sessions of the same subject
    "past_group_share",  # earlier events of the subject in its category
    "past_steps",  # log of the subject's events since he last saw it in an earlier session
    "ended",  # the session is over: what is asked for is what the next one begins with
)

"""Room for records in hand shrinks when leases are lost, and comes back."""

from ortoo_daemon.work.room import Room


def room_of(most: int) -> tuple[Room, list[float]]:
    now = [0.0]
    return Room(most, clock=lambda: now[0]), now


def test_leases_that_are_lost_together_halve_the_room_once() -> None:
    room, now = room_of(1600)
    for _ in range(500):
        room.lost()
    assert room.places == 800
    now[0] += 1
    room.lost()
    assert room.places == 400


def test_some_room_is_always_left_and_never_more_than_there_was() -> None:
    for most, least in ((1600, 25), (10, 10)):
        room, now = room_of(most)
        for _ in range(20):
            now[0] += 1
            room.lost()
        assert room.places == least
        for _ in range(3000):
            room.in_time()
        assert room.places == most

package io.halfsecond.collector.assembly;

/// What became of the connections that the run before had open.
///
/// @param followed those that were found again
/// @param sessions those that were authenticated and have ended unseen: no record tells of their
///   end
/// @param authentications likewise of those that were not: no record tells of them
public record LeftOpen(long followed, long sessions, long authentications) {
  public static final LeftOpen NONE = new LeftOpen(0, 0, 0);

  /// Those of which a record is missing.
  public long ended() {
    return sessions + authentications;
  }
}

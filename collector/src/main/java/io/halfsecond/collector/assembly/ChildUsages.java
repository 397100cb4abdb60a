package io.halfsecond.collector.assembly;

import io.halfsecond.collector.assembly.Result.PhaseUsage;
import io.halfsecond.collector.assembly.TrackedProcess.Part;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.schemas.Phase;
import io.halfsecond.schemas.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The monitor's children other than the preauth child, the descendants of its helpers, and the
/// sums of what those that have ended used.
///
/// A connection may live for months and open a session a minute: a child that is over is added to a
/// sum and forgotten.
final class ChildUsages {
  /// Children that are in no sum yet.
  private final List<TrackedProcess> children = new ArrayList<>();

  /// Children that were added to a sum and that the assembler may forget.
  private final List<TrackedProcess> summed = new ArrayList<>();

  private final Sum users = new Sum();

  /// Candidates: the user child, or helpers if another child is known to be the user child.
  private final Sum candidates = new Sum();

  private boolean userConfirmed;

  /// The phase of children if there is no preauth child to tell it by.
  private Phase otherwise = Phase.STARTUP;

  private final Map<Phase, Sum> helpers = new EnumMap<>(Phase.class);

  /// Children that led a session after authentication: root's sessions, or PAM's helpers if a user
  /// child appears.
  private final Sum sessionLeaders = new Sum();

  void add(TrackedProcess child) {
    children.add(child);
  }

  /// Takes out the child that turned out to be the preauth child.
  void remove(TrackedProcess child) {
    children.remove(child);
  }

  /// The connection was authenticated before its first child was seen.
  void beginAuthenticated() {
    otherwise = Phase.SESSION;
  }

  /// Whether the process is in no sum yet.
  boolean contains(TrackedProcess process) {
    return children.contains(process);
  }

  /// Notes that a child is known to be the user child: the candidates are not.
  void confirmUser() {
    userConfirmed = true;
  }

  Optional<TrackedProcess> candidate(int pid) {
    return children.stream()
        .filter(child -> child.pid == pid && child.part == Part.CANDIDATE)
        .findFirst();
  }

  /// The user children that have not ended; as long as none is known, the candidates.
  Stream<TrackedProcess> liveUsers() {
    var part = userConfirmed ? Part.USER : Part.CANDIDATE;
    return children.stream().filter(child -> child.part == part && !child.exited());
  }

  boolean settled(long now, long grace) {
    return children.stream().allMatch(child -> !awaited(child) || child.settled(now, grace));
  }

  private static boolean awaited(TrackedProcess child) {
    return switch (child.part) {
      case MONITOR, PREAUTH, HELPER, CANDIDATE, USER -> true;
      case HELPER_CHILD -> child.exited();
      case SESSION -> false;
    };
  }

  /// Adds the children of which nothing more is expected to their sums.
  void sumSettled(Optional<TrackedProcess> preauth, long now, long grace) {
    children.removeIf(
        child -> {
          if (!child.settled(now, grace)) {
            return false;
          }
          sum(child, preauth);
          return true;
        });
  }

  /// Adds all that is left.
  void sumAll(Optional<TrackedProcess> preauth) {
    // What a helper has left in the background is not awaited.
    children.removeIf(child -> child.part == Part.HELPER_CHILD && !child.exited());
    children.forEach(child -> sum(child, preauth));
    children.clear();
    (userConfirmed ? sumOf(Phase.SESSION) : users).add(candidates);
    if (hasUsers()) {
      sumOf(Phase.SESSION).add(sessionLeaders);
    }
  }

  private void sum(TrackedProcess child, Optional<TrackedProcess> preauth) {
    sumFor(child, preauth).add(child.account);
    summed.add(child);
  }

  private Sum sumFor(TrackedProcess child, Optional<TrackedProcess> preauth) {
    if (child.part == Part.USER) {
      return users;
    }
    if (child.part == Part.CANDIDATE) {
      return candidates;
    }
    if (preauth.isEmpty()) {
      return ledSession(child) ? sessionLeaders : sumOf(otherwise);
    }
    var n = preauth.get();
    if (child.forkedAtNanos < n.forkedAtNanos) {
      return sumOf(Phase.STARTUP);
    }
    if (n.exit.isEmpty() || child.forkedAtNanos < n.exitedAtNanos()) {
      return sumOf(Phase.PREAUTH);
    }
    return ledSession(child) ? sessionLeaders : sumOf(Phase.SESSION);
  }

  private static boolean ledSession(TrackedProcess child) {
    return child.sessionLeader && child.part != Part.HELPER_CHILD;
  }

  private Sum sumOf(Phase phase) {
    return helpers.computeIfAbsent(phase, _ -> new Sum());
  }

  /// The children that were added to a sum since the last call.
  List<TrackedProcess> takeSummed() {
    var taken = List.copyOf(summed);
    summed.clear();
    return taken;
  }

  boolean hasUsers() {
    return users.count > 0;
  }

  /// What users and helpers used in each phase; without those of which an account is missing.
  List<PhaseUsage> usage() {
    var usage = new ArrayList<PhaseUsage>();
    users.complete().ifPresent(used -> usage.add(new PhaseUsage(Role.USER, Phase.SESSION, used)));
    helpers.forEach(
        (phase, sum) ->
            sum.complete().ifPresent(used -> usage.add(new PhaseUsage(Role.HELPER, phase, used))));
    return usage;
  }

  /// The CPU time of all; empty if an account is missing.
  OptionalLong cpuNanos() {
    var sums = Stream.concat(Stream.of(users), helpers.values().stream()).toList();
    return sums.stream().anyMatch(sum -> sum.missed > 0)
        ? OptionalLong.empty()
        : OptionalLong.of(sums.stream().mapToLong(sum -> sum.usage.cpuNanos()).sum());
  }

  /// What processes of one kind used together.
  private static final class Sum {
    private Usage usage = Usage.ZERO;
    private int count;
    private int missed;

    void add(Optional<Usage> account) {
      count++;
      account.ifPresentOrElse(used -> usage = usage.plus(used), () -> missed++);
    }

    void add(Sum other) {
      usage = usage.plus(other.usage);
      count += other.count;
      missed += other.missed;
    }

    /// The sum; empty if there was no such process or an account is missing.
    Optional<Usage> complete() {
      return count > 0 && missed == 0 ? Optional.of(usage) : Optional.empty();
    }
  }
}

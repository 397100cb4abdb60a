package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.Alert;
import io.halfsecond.schemas.Attribution;
import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.ShiftFinding;
import io.halfsecond.schemas.Tier;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the changes of a host that can be the cause of an alert. Pure.
///
/// **The rule.** A change is a suspect if it can have happened after the last normal connection and
/// not after the first shifted one, allowing for the uncertainty of the onset and one second for
/// the clocks. A restart of sshd puts earlier changes into effect: so what changed since the
/// restart before it, and was not yet seen in a process's memory, is a suspect too. The order of
/// suspects: objects in the process that the alert is about (those that no package owns now before
/// others, added before replaced before removed, those nearer to the executable first); packages;
/// other objects; restarts of sshd; configuration; kernel; processor; boots of the host; its clock;
/// load. Among equals the one nearest to the onset comes first.
///
/// **Load** is a suspect while connections wait longer for a CPU than before the onset, unless the
/// shift was there without.
///
/// **Earlier on** is said of the newest change before, because connections were as before after it.
/// It is not said of the cause of a shift that a person has accepted.
public final class Suspects {
  /// A person reads the alert: of a distribution upgrade the first changes are enough.
  private static final int MOST = 12;

  /// Connections are dated by the kernel's monotonic clock, changes by the wall clock and the time
  /// since the boot.
  private static final Duration CLOCKS = Duration.ofSeconds(1);

  /// Changes longer before the onset are not reported as "earlier on".
  private static final Duration EARLIER = Duration.ofDays(7);

  /// A host counts as busier if the share of waiting has grown by that much.
  private static final double BUSIER = 0.1;

  /// The most suspicious first, regardless of time.
  public static final Comparator<Change> BY_SUSPICION =
      Comparator.comparingInt(Suspects::rank)
          .thenComparingInt(Suspects::novelty)
          .thenComparingInt(change -> change.getChain().size());

  /// @param changes suspects in the order of the rule, then the newest change before them
  public record Explanation(Attribution attribution, List<Change> changes) {
    public static final Explanation NOT_KNOWN = new Explanation(Attribution.UNKNOWN, List.of());

    public Explanation {
      changes = List.copyOf(changes);
    }

    /// What an alert says.
    public static Explanation of(Alert alert) {
      return new Explanation(alert.getAttribution(), alert.getChanges());
    }

    /// Keeps what was found before for the same onset: the host's history may no longer reach back
    /// that far. Load is no part of the history, so what the figures say now holds.
    ///
    /// @param last record of the alert before this explanation
    public Explanation after(Alert last, Instant onset) {
      if (!last.getOnset().equals(onset)) {
        return this;
      }
      return switch (last.getAttribution()) {
        case CHANGED -> foundInHistory(changes) ? this : with(last);
        case UNCHANGED -> attribution == Attribution.UNKNOWN ? of(last) : this;
        case UNKNOWN -> this;
      };
    }

    /// Adds the suspects of another alert on the same shift.
    public Explanation with(Alert other) {
      var theirs = other.getChanges().stream().filter(Explanation::isInHistory).toList();
      if (theirs.isEmpty()) {
        return this;
      }
      var suspects =
          Stream.concat(theirs.stream(), changes.stream().filter(Change::getFits))
              .distinct()
              .sorted(BY_SUSPICION)
              .limit(MOST);
      var earlier = changes.stream().filter(change -> !change.getFits() && !holds(theirs, change));
      return new Explanation(Attribution.CHANGED, Stream.concat(suspects, earlier).toList());
    }

    private static boolean foundInHistory(List<Change> changes) {
      return changes.stream().anyMatch(Explanation::isInHistory);
    }

    private static boolean isInHistory(Change change) {
      return change.getFits() && change.getKind() != ChangeKind.LOAD;
    }
  }

  private final Instant from;
  private final Instant to;
  private final Instant onset;
  private final List<Change> changes;
  private final List<Change> accepted;

  private Suspects(Alert alert, List<Change> changes, List<Change> accepted) {
    // Without a last normal connection there is no interval, but the host may be busy.
    this.from = alert.getOnsetNotBefore().orElse(alert.getOnset());
    this.to = alert.getOnsetNotAfter().orElse(alert.getOnset());
    this.onset = alert.getOnset();
    this.changes = changes;
    this.accepted = accepted;
  }

  /// @param alert of a host, with its finding and times
  /// @param history of the host
  /// @param inspectedAt when the host was last inspected
  /// @param accepted the last alert on the same subject that a person accepted
  public static Explanation of(
      Alert alert,
      Optional<HostHistory> history,
      Optional<Instant> inspectedAt,
      Optional<Alert> accepted) {
    // A baseline that drifts for months has no onset.
    if (alert.getTier() == Tier.DRIFT) {
      return Explanation.NOT_KNOWN;
    }
    var changes =
        history
            .filter(_ -> alert.getOnsetNotBefore().isPresent())
            .map(HostHistory::getChanges)
            .orElse(List.of());
    var suspects = new Suspects(alert, changes, accepted.map(Alert::getChanges).orElse(List.of()));
    var found = suspects.find(load(alert));
    boolean suspected = found.stream().anyMatch(Change::getFits);
    boolean watched =
        history.filter(known -> !known.getSince().isAfter(suspects.from)).isPresent()
            && inspectedAt.filter(at -> !at.isBefore(suspects.to)).isPresent()
            && alert.getOnsetNotBefore().isPresent();
    return new Explanation(
        suspected ? Attribution.CHANGED : watched ? Attribution.UNCHANGED : Attribution.UNKNOWN,
        found);
  }

  private List<Change> find(Optional<Change> load) {
    var fitting = new ArrayList<>(changes.stream().filter(this::fits).toList());
    load.ifPresent(fitting::add);
    fitting.sort(
        BY_SUSPICION
            .thenComparing(change -> Duration.between(change.getAt(), onset).abs())
            .thenComparing(Change::getSubject));
    var reported = new ArrayList<>(fitting.subList(0, Math.min(MOST, fitting.size())));
    changes.stream()
        .filter(
            change ->
                !fitting.contains(change)
                    && !change.getAt().isAfter(onset)
                    && change.getAt().isAfter(onset.minus(EARLIER)))
        .max(
            Comparator.comparing(Change::getAt)
                .thenComparing(Suspects::rank, Comparator.reverseOrder()))
        .filter(change -> !holds(accepted, change))
        .map(change -> Change.newBuilder(change).setFits(false).build())
        .ifPresent(reported::add);
    return reported;
  }

  /// Whether a change is one of the suspects.
  private static boolean holds(List<Change> suspects, Change change) {
    return suspects.contains(Change.newBuilder(change).setFits(true).build());
  }

  private boolean fits(Change change) {
    return within(change) || changes.stream().anyMatch(start -> brings(start, change));
  }

  private boolean within(Change change) {
    return !change.getNotBefore().isAfter(to.plus(CLOCKS))
        && !change.getAt().isBefore(from.minus(CLOCKS));
  }

  private boolean brings(Change start, Change change) {
    return switch (start.getKind()) {
      case RESTART, BOOT ->
          !change.getRunning()
              && within(start)
              && !change.getNotBefore().isAfter(start.getAt())
              && previous(start).filter(last -> change.getAt().isAfter(last)).isPresent();
      case OBJECT, PACKAGE, CONFIGURATION, KERNEL, PROCESSOR, LOAD, CLOCK, UNKNOWN -> false;
    };
  }

  private static Optional<Instant> previous(Change start) {
    try {
      return start.getBefore().isEmpty()
          ? Optional.empty()
          : Optional.of(Instant.parse(start.getBefore()));
    } catch (DateTimeParseException _) {
      // A newer version writes it in another form.
      return Optional.empty();
    }
  }

  /// Whether load may be the cause of a shift.
  public static boolean mayBeLoad(ShiftFinding shift) {
    return waitsLonger(shift) && !shift.getWithoutLoad();
  }

  /// Whether connections have waited longer for a CPU since the onset than before.
  public static boolean waitsLonger(ShiftFinding shift) {
    return shift.getWaitingBefore().isPresent()
        && shift.getWaitingAfter().isPresent()
        && shift.getWaitingAfter().get() > shift.getWaitingBefore().get() + BUSIER;
  }

  private static Optional<Change> load(Alert alert) {
    return alert.getFinding() instanceof ShiftFinding shift && mayBeLoad(shift)
        ? Optional.of(
            Changes.change(
                ChangeKind.LOAD,
                "load",
                share(shift.getWaitingBefore().orElseThrow()),
                share(shift.getWaitingAfter().orElseThrow()),
                alert.getOnset(),
                alert.getOnset()))
        : Optional.empty();
  }

  private static String share(double waiting) {
    return Double.toString(Math.rint(waiting * 1000) / 1000);
  }

  /// An upgrade replaces libraries by others of the same package. Code that no package owns comes
  /// from elsewhere, and a new library was not there to be compared.
  private static int novelty(Change change) {
    if (change.getKind() != ChangeKind.OBJECT) {
      return 0;
    }
    if (change.getAfter().isEmpty()) {
      return 4;
    }
    boolean added = change.getBefore().isEmpty();
    if (change.getPackageAfter().isEmpty() && (added || !change.getPackageBefore().isEmpty())) {
      return added ? 0 : 1;
    }
    return added ? 2 : 3;
  }

  /// The suspect to name where there is room for one. A start brings other changes into use, so it
  /// is named only where there is none. Load is named only if it is alone.
  public static Optional<Change> first(List<Change> changes) {
    return changes.stream()
        .filter(Change::getFits)
        .min(
            Comparator.comparing((Change change) -> change.getKind() == ChangeKind.LOAD)
                .thenComparing(Suspects::isStart));
  }

  /// Whether the change is a start of sshd or of the host.
  public static boolean isStart(Change change) {
    return change.getKind() == ChangeKind.RESTART || change.getKind() == ChangeKind.BOOT;
  }

  private static int rank(Change change) {
    return switch (change.getKind()) {
      case OBJECT -> change.getInside() ? 0 : 2;
      case PACKAGE -> 1;
      case RESTART -> 3;
      case CONFIGURATION -> 4;
      case KERNEL -> 5;
      case PROCESSOR -> 6;
      case BOOT -> 7;
      case CLOCK -> 8;
      case LOAD -> 9;
      case UNKNOWN -> 10;
    };
  }
}

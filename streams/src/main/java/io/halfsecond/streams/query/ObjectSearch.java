package io.halfsecond.streams.query;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.streams.query.Whereabouts.Found;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Looks for files in the histories of hosts. Pure.
public final class ObjectSearch {
  private static final Set<ChangeKind> OF_FILES = Set.of(ChangeKind.OBJECT, ChangeKind.PACKAGE);

  private final ObjectQuery query;
  private final Predicate<HostFile> wanted;
  private final List<Found> found = new ArrayList<>();

  public ObjectSearch(ObjectQuery query) {
    this.query = query;
    this.wanted = query.predicate();
  }

  /// @param inspectedAt when the host was last inspected; asked only if it has or had a file
  public void take(HostHistory history, Supplier<Instant> inspectedAt) {
    var now = new ArrayList<HostFile>();
    for (var file : files(history)) {
      now.add(file);
      found.add(
          found(
              history,
              inspectedAt.get(),
              file.processes().isEmpty() ? Presence.ON_DISK : Presence.IN_MEMORY,
              file,
              Optional.empty()));
    }
    for (var change : history.getChanges()) {
      if (!OF_FILES.contains(change.getKind()) || change.getBefore().isEmpty()) {
        continue;
      }
      var before = HostFile.before(change, history.getLatest().getDistribution());
      if (wanted.test(before) && now.stream().noneMatch(before::same)) {
        found.add(
            found(history, inspectedAt.get(), Presence.HAD, before, Optional.of(change.getAt())));
      }
    }
  }

  /// What was found, by the hosts that were taken.
  public List<Found> found() {
    return List.copyOf(found);
  }

  /// The files of the last inspection, and of the last monitor that was seen: each once, with all
  /// the processes that have it.
  private List<HostFile> files(HostHistory history) {
    var files = new LinkedHashMap<String, HostFile>();
    var distribution = history.getLatest().getDistribution();
    history.getLatest().getObjects().forEach(object -> add(files, object, distribution));
    history.getMonitored().forEach(object -> add(files, object, distribution));
    return List.copyOf(files.values());
  }

  private void add(Map<String, HostFile> files, MappedObject object, String distribution) {
    // A fleet has hundreds of thousands, few of which are wanted.
    if (!query.mayFind(object)) {
      return;
    }
    var file = HostFile.of(object, distribution);
    if (!wanted.test(file)) {
      return;
    }
    files.merge(
        object.getPath() + " " + object.getSha256(),
        file,
        (one, other) -> {
          var processes = new TreeSet<>(one.processes());
          processes.addAll(other.processes());
          return new HostFile(
              one.path(),
              one.packageName(),
              one.sourcePackage(),
              one.version(),
              one.sha256(),
              one.buildId(),
              processes,
              one.differsFromPath(),
              one.distribution());
        });
  }

  private static Found found(
      HostHistory history,
      Instant inspectedAt,
      Presence presence,
      HostFile file,
      Optional<Instant> until) {
    var latest = history.getLatest();
    return new Found(
        latest.getHost(),
        latest.getCohort(),
        presence,
        file,
        since(history, file, until),
        until,
        history.getSince(),
        inspectedAt);
  }

  /// When the file last came, before it went.
  private static Optional<Instant> since(
      HostHistory history, HostFile file, Optional<Instant> until) {
    return history.getChanges().stream()
        .filter(change -> until.isEmpty() || change.getAt().isBefore(until.get()))
        .filter(change -> brought(change, file))
        .map(Change::getAt)
        .reduce((_, last) -> last);
  }

  private static boolean brought(Change change, HostFile file) {
    return switch (change.getKind()) {
      case OBJECT -> !file.sha256().isEmpty() && change.getAfter().equals(file.sha256());
      case PACKAGE ->
          change.getSubject().equals(file.packageName())
              && change.getAfter().equals(file.version());
      default -> false;
    };
  }
}

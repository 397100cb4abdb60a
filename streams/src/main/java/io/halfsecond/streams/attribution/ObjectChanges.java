package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.HostHistory;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.Observed;
import io.halfsecond.schemas.SshdProcess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The files of sshd that were replaced, added or removed since the last inspection of a host, and
/// their packages.
///
/// A connection runs what is in the memory of its monitor and preauth child. The listener keeps
/// what it was started with, long after an upgrade. So monitors are compared with monitors, where
/// one was seen, preauth children likewise, and listeners with listeners. A change that both show
/// is reported once.
final class ObjectChanges {
  private static final String SHARED_OBJECT = ".so";

  private final HostHistory history;
  private final HostFingerprint after;
  private final Function<Optional<Instant>, Instant> when;
  private final List<Change> found = new ArrayList<>();

  /// @param when a change happened to an object whose package was installed then, if that is known
  ObjectChanges(
      HostHistory history, HostFingerprint after, Function<Optional<Instant>, Instant> when) {
    this.history = history;
    this.after = after;
    this.when = when;
  }

  List<Change> find() {
    var before = history.getLatest();
    if (before.getObserved() != after.getObserved()) {
      // Memory contains objects that dependencies do not name, for example modules opened by path.
      compare(before.getObjects(), after.getObjects(), true, false);
      return List.copyOf(found);
    }
    boolean monitors =
        compareIn(SshdProcess.MONITOR, history.getMonitored(), after.getObjects(), true);
    compareIn(SshdProcess.PREAUTH, history.getMonitored(), after.getObjects(), true);
    compareIn(SshdProcess.LISTENER, before.getObjects(), after.getObjects(), !monitors);
    // Programs that the listener starts are resolved on disk until a connection shows them.
    var onDisk =
        Stream.of(before, after)
            .flatMap(fingerprint -> fingerprint.getObjects().stream())
            .filter(object -> object.getProcesses().isEmpty())
            .map(MappedObject::getPath)
            .collect(Collectors.toSet());
    compare(at(onDisk, before), at(onDisk, after), after.getObserved() == Observed.RESOLVED, true);
    return List.copyOf(found);
  }

  /// @return whether both have shown the memory of such a process
  private boolean compareIn(
      SshdProcess process, List<MappedObject> old, List<MappedObject> now, boolean inside) {
    var olds = in(process, old);
    var news = in(process, now);
    boolean both = !olds.isEmpty() && !news.isEmpty();
    if (both) {
      compare(olds, news, inside, true);
    }
    return both;
  }

  static List<MappedObject> in(SshdProcess process, List<MappedObject> objects) {
    return objects.stream().filter(object -> object.getProcesses().contains(process)).toList();
  }

  private static List<MappedObject> at(Set<String> paths, HostFingerprint fingerprint) {
    return fingerprint.getObjects().stream()
        .filter(object -> paths.contains(object.getPath()))
        .toList();
  }

  private void compare(
      List<MappedObject> old, List<MappedObject> now, boolean inside, boolean alike) {
    var left = new LinkedHashMap<String, MappedObject>();
    old.forEach(object -> left.put(object.getPath(), object));
    var unmatched = new ArrayList<MappedObject>();
    for (var object : now) {
      var same = left.remove(object.getPath());
      if (same == null) {
        unmatched.add(object);
      } else {
        compare(same, object, inside);
      }
    }
    for (var object : unmatched) {
      var other = takeNamesake(left, object);
      if (other.isPresent()) {
        compare(other.get(), object, inside);
      } else if (alike) {
        add(Optional.empty(), Optional.of(object), inside);
      }
    }
    if (alike) {
      left.values().forEach(object -> add(Optional.of(object), Optional.empty(), inside));
    }
  }

  /// An upgrade gives a library another file name, `liblzma.so.5.4.5` and `liblzma.so.5.6.1`; a
  /// library path another directory.
  private static Optional<MappedObject> takeNamesake(
      Map<String, MappedObject> left, MappedObject object) {
    var found =
        left.values().stream()
            .filter(other -> stem(other.getPath()).equals(stem(object.getPath())))
            .findFirst();
    found.ifPresent(other -> left.remove(other.getPath()));
    return found;
  }

  /// `liblzma` of `/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.5`, `sshd` of `/usr/sbin/sshd`.
  static String stem(String path) {
    var name = Paths.name(path);
    int end = name.indexOf(SHARED_OBJECT);
    return end > 0 ? name.substring(0, end) : name;
  }

  private void compare(MappedObject old, MappedObject now, boolean inside) {
    if (!sameContent(old, now)) {
      add(Optional.of(old), Optional.of(now), inside);
    } else if (!packageOf(old).equals(packageOf(now))
        && !old.getPackage$().isEmpty()
        && old.getPackage$().equals(now.getPackage$())) {
      addPackage(old, now);
    }
  }

  /// Content that could not be read counts as unchanged while the file is the same.
  private static boolean sameContent(MappedObject one, MappedObject other) {
    return (one.getSha256().isEmpty() || other.getSha256().isEmpty())
        ? one.getDevice().equals(other.getDevice())
            && one.getInode() == other.getInode()
            && one.getMtime().equals(other.getMtime())
            && one.getSize() == other.getSize()
        : one.getSha256().equals(other.getSha256());
  }

  private void add(Optional<MappedObject> old, Optional<MappedObject> now, boolean inside) {
    var shown = now.or(() -> old).orElseThrow();
    var at = when.apply(now.flatMap(ObjectChanges::installedAt));
    var change =
        Changes.change(
            ChangeKind.OBJECT,
            shown.getPath(),
            old.map(MappedObject::getSha256).orElse(""),
            now.map(MappedObject::getSha256).orElse(""),
            at,
            at);
    change.setSubjectBefore(
        old.map(MappedObject::getPath).filter(path -> !path.equals(shown.getPath())).orElse(""));
    change.setPackageBefore(old.map(ObjectChanges::packageOf).orElse(""));
    change.setPackageAfter(now.map(ObjectChanges::packageOf).orElse(""));
    change.setChain(chain(shown));
    change.setInside(inside);
    change.setRunning(!shown.getProcesses().isEmpty());
    change.setDiffersFromPath(now.map(MappedObject::getDiffersFromPath).orElse(false));
    if (!reported(change)) {
      found.add(change);
    }
  }

  /// Whether another process has shown it, in this inspection or an earlier one.
  private boolean reported(Change change) {
    return Stream.concat(history.getChanges().stream(), found.stream())
        .filter(
            other ->
                other.getKind() == ChangeKind.OBJECT
                    && stem(other.getSubject()).equals(stem(change.getSubject())))
        .reduce((_, last) -> last)
        .filter(last -> last.getAfter().equals(change.getAfter()))
        .isPresent();
  }

  private void addPackage(MappedObject old, MappedObject now) {
    boolean reported =
        found.stream()
            .anyMatch(
                change ->
                    change.getKind() == ChangeKind.PACKAGE
                        && change.getSubject().equals(now.getPackage$()));
    if (!reported) {
      var at = when.apply(installedAt(now));
      found.add(
          Changes.change(
              ChangeKind.PACKAGE, now.getPackage$(), old.getVersion(), now.getVersion(), at, at));
    }
  }

  private static List<String> chain(MappedObject object) {
    var chain = new ArrayList<>(object.getNeededBy());
    chain.add(object.getPath());
    return chain;
  }

  private static Optional<Instant> installedAt(MappedObject object) {
    return Optional.of(object.getInstalledAt()).filter(at -> at.isAfter(Instant.EPOCH));
  }

  private static String packageOf(MappedObject object) {
    return (object.getPackage$() + " " + object.getVersion()).strip();
  }
}

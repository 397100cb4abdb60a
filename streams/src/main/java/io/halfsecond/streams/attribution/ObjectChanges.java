package io.halfsecond.streams.attribution;

import io.halfsecond.schemas.Change;
import io.halfsecond.schemas.ChangeKind;
import io.halfsecond.schemas.HostFingerprint;
import io.halfsecond.schemas.MappedObject;
import io.halfsecond.schemas.SshdProcess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Which files of sshd's were replaced, added or taken away between two looks, and which packages.
///
/// What a connection runs is in the memory of its monitor; the listener still has what it was started with, long after an
/// upgrade. So monitors are compared with monitors, where both looks saw one.
final class ObjectChanges {
  private static final String SHARED_OBJECT = ".so";

  private final HostFingerprint before;
  private final HostFingerprint after;
  private final Function<Optional<Instant>, Instant> when;
  private final List<Change> found = new ArrayList<>();

  /// @param when a change happened to an object whose package was installed then, if that is known
  ObjectChanges(HostFingerprint before, HostFingerprint after, Function<Optional<Instant>, Instant> when) {
    this.before = before;
    this.after = after;
    this.when = when;
  }

  List<Change> find() {
    boolean monitors = hasMonitor(before) && hasMonitor(after);
    // What was seen in another way has other objects for that alone: modules that are opened by name, for example.
    boolean alike = before.getObserved() == after.getObserved() && hasMonitor(before) == hasMonitor(after);
    var insideBefore = inside(before, monitors);
    var insideAfter = inside(after, monitors);
    compare(objects(before, insideBefore), objects(after, insideAfter), true, alike);
    compare(objects(before, insideBefore.negate()), objects(after, insideAfter.negate()), false, alike);
    return List.copyOf(found);
  }

  /// Programs that the listener starts are looked up on disk, even where its own memory was seen.
  private static Predicate<MappedObject> inside(HostFingerprint fingerprint, boolean monitors) {
    return object -> monitors
      ? object.getProcesses().contains(SshdProcess.MONITOR)
      : object.getObserved() == fingerprint.getObserved();
  }

  private static boolean hasMonitor(HostFingerprint fingerprint) {
    return fingerprint.getObjects().stream()
      .anyMatch(object -> object.getProcesses().contains(SshdProcess.MONITOR));
  }

  private static List<MappedObject> objects(HostFingerprint fingerprint, Predicate<MappedObject> which) {
    return fingerprint.getObjects().stream().filter(which).toList();
  }

  private void compare(List<MappedObject> old, List<MappedObject> now, boolean inside, boolean alike) {
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
      } else if (alike && !known(before, object)) {
        add(Optional.empty(), Optional.of(object), inside);
      }
    }
    left.values().stream().filter(object -> alike && !known(after, object))
      .forEach(object -> add(Optional.of(object), Optional.empty(), inside));
  }

  /// In a process that is not looked at here, perhaps.
  private static boolean known(HostFingerprint fingerprint, MappedObject object) {
    return fingerprint.getObjects().stream().anyMatch(other -> other.getPath().equals(object.getPath())
      && sameContent(other, object));
  }

  /// An upgrade gives a library another file name, `liblzma.so.5.4.5` and `liblzma.so.5.6.1`; a library path another
  /// directory.
  private static Optional<MappedObject> takeNamesake(Map<String, MappedObject> left, MappedObject object) {
    var found = left.values().stream()
      .filter(other -> stem(other.getPath()).equals(stem(object.getPath()))).findFirst();
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
    } else if (!packageOf(old).equals(packageOf(now)) && !old.getPackage$().isEmpty()
      && old.getPackage$().equals(now.getPackage$())) {
      addPackage(old, now);
    }
  }

  /// What could not be read is the same as long as the file is.
  private static boolean sameContent(MappedObject one, MappedObject other) {
    return (one.getSha256().isEmpty() || other.getSha256().isEmpty())
      ? one.getDevice().equals(other.getDevice()) && one.getInode() == other.getInode()
        && one.getMtime().equals(other.getMtime()) && one.getSize() == other.getSize()
      : one.getSha256().equals(other.getSha256());
  }

  private void add(Optional<MappedObject> old, Optional<MappedObject> now, boolean inside) {
    var shown = now.or(() -> old).orElseThrow();
    var at = when.apply(now.flatMap(ObjectChanges::installedAt));
    var change = Changes.change(ChangeKind.OBJECT, shown.getPath(),
      old.map(MappedObject::getSha256).orElse(""), now.map(MappedObject::getSha256).orElse(""), at, at);
    change.setSubjectBefore(
      old.map(MappedObject::getPath).filter(path -> !path.equals(shown.getPath())).orElse(""));
    change.setPackageBefore(old.map(ObjectChanges::packageOf).orElse(""));
    change.setPackageAfter(now.map(ObjectChanges::packageOf).orElse(""));
    change.setChain(chain(shown));
    change.setInside(inside);
    change.setRunning(!shown.getProcesses().isEmpty());
    change.setDiffersFromPath(now.map(MappedObject::getDiffersFromPath).orElse(false));
    found.add(change);
  }

  private void addPackage(MappedObject old, MappedObject now) {
    boolean told = found.stream().anyMatch(change -> change.getKind() == ChangeKind.PACKAGE
      && change.getSubject().equals(now.getPackage$()));
    if (!told) {
      var at = when.apply(installedAt(now));
      found.add(Changes.change(ChangeKind.PACKAGE, now.getPackage$(), old.getVersion(), now.getVersion(), at,
        at));
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

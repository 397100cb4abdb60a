package io.halfsecond.streams.query;

import io.halfsecond.schemas.MappedObject;
import io.halfsecond.streams.attribution.Paths;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which files are looked for. A file is found if it has all that is given.
///
/// @param object a path, or a file's name with or without its version: `liblzma`, `liblzma.so.5`
///   and `/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1` all find the last
/// @param packageName of the package that owns the file
/// @param version of the package; `*` stands for any text and `?` for one character
/// @param sha256 of the content, or its first digits
/// @param buildId or its first digits
public record ObjectQuery(
    Optional<String> object,
    Optional<String> packageName,
    Optional<String> version,
    Optional<String> sha256,
    Optional<String> buildId) {

  /// Fewer digits name nothing in particular.
  public static final int FEWEST_DIGITS = 6;

  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{%d,64}".formatted(FEWEST_DIGITS));

  /// @throws IllegalArgumentException if a hash or build-id is not one; the message names it
  public ObjectQuery {
    sha256 = sha256.map(digits -> requireDigits("sha256", digits));
    buildId = buildId.map(digits -> requireDigits("build-id", digits));
  }

  /// Finds every file.
  public static ObjectQuery any() {
    return new ObjectQuery(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static String requireDigits(String name, String text) {
    var digits = text.toLowerCase(Locale.ROOT);
    if (!DIGITS.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          "%s must be %d to 64 hexadecimal digits, not %s".formatted(name, FEWEST_DIGITS, text));
    }
    return digits;
  }

  /// Whether the file can be one of those, by what is cheap to compare.
  boolean mayFind(MappedObject file) {
    return packageName.filter(name -> !name.equals(file.getPackage$())).isEmpty()
        && sha256.filter(digits -> !file.getSha256().startsWith(digits)).isEmpty()
        && object.filter(name -> !file.getPath().contains(name)).isEmpty();
  }

  /// The texts that a history has if it has one of those files, whatever else it has.
  public List<String> texts() {
    return Stream.of(object, packageName, version.map(Wildcards::longestText), sha256, buildId)
        .flatMap(Optional::stream)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /// The same as a predicate, for many files.
  Predicate<HostFile> predicate() {
    Predicate<HostFile> all = _ -> true;
    if (object.isPresent()) {
      all = all.and(named(object.get()));
    }
    if (packageName.isPresent()) {
      all = all.and(file -> file.packageName().equals(packageName.get()));
    }
    if (version.isPresent()) {
      all = all.and(file -> Wildcards.matches(version.get(), file.version()));
    }
    if (sha256.isPresent()) {
      all = all.and(file -> file.sha256().startsWith(sha256.get()));
    }
    if (buildId.isPresent()) {
      all = all.and(file -> file.buildId().startsWith(buildId.get()));
    }
    return all;
  }

  private static Predicate<HostFile> named(String object) {
    if (object.startsWith("/")) {
      return file -> file.path().equals(object);
    }
    // A name ends where a version begins: liblzma does not find liblzma-extra.so.
    return file -> {
      var name = Paths.name(file.path());
      return name.equals(object) || name.startsWith(object + ".");
    };
  }
}

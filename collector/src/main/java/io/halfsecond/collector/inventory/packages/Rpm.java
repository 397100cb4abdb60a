package io.halfsecond.collector.inventory.packages;

import io.halfsecond.collector.linux.HostCommand;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The package manager rpm, queried through its command (rpm(8)).
public final class Rpm implements PackageManager {
  private static final String MARK = "halfsecond\t";
  private static final String FORMAT =
      MARK + "%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{INSTALLTIME}\t%{SOURCERPM}\n";
  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");

  private static final Pattern SOURCE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9+._-]*)-[^-]+-[^-]+\\.(?:no)?src\\.rpm");

  private final HostCommand tool;

  public Rpm(HostCommand tool) {
    this.tool = tool;
  }

  @Override
  public Map<String, InstalledPackage> owners(Collection<String> paths)
      throws InterruptedException {
    var owners = new HashMap<String, InstalledPackage>();
    for (var path : paths) {
      // One query per file: a file of two packages gives two lines.
      var printed = tool.run(List.of("rpm", "-qf", "--qf", FORMAT, path));
      if (printed.isEmpty()) {
        continue;
      }
      parse(printed.get()).ifPresent(owner -> owners.put(path, owner));
    }
    return owners;
  }

  /// @return the first package; empty if the file belongs to none, for which rpm prints a sentence
  static Optional<InstalledPackage> parse(String printed) {
    return printed
        .lines()
        .filter(line -> line.startsWith(MARK))
        .map(line -> line.split("\t", -1))
        .filter(fields -> fields.length == 5)
        .map(
            fields ->
                new InstalledPackage(
                    fields[1],
                    source(fields[4]),
                    fields[2],
                    SECONDS.matcher(fields[3]).matches()
                        ? Instant.ofEpochSecond(Long.parseLong(fields[3]))
                        : Instant.EPOCH))
        .findFirst();
  }

  /// `xz` of `xz-5.4.6-1.fc40.src.rpm`.
  private static String source(String file) {
    var matcher = SOURCE.matcher(file);
    return matcher.matches() ? matcher.group(1) : "";
  }
}

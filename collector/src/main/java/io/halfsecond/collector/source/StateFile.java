package io.halfsecond.collector.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.auth.OwnFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A short text that survives a restart: the last one written, whole, or none. It follows no link,
/// and reads nothing that others could have written.
///
/// Not synchronised to disk: after a power failure it may be an earlier text, or none.
public record StateFile(Path file) {
  public Optional<String> read() throws IOException {
    return OwnFile.read(file).map(bytes -> new String(bytes, UTF_8));
  }

  public void write(String text) throws IOException {
    var parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    OwnFile.replace(file, text.getBytes(UTF_8), false);
  }
}

package io.halfsecond.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/// The schemas that released versions of Halfsecond wrote, from
/// `schemas/released/VERSION/RECORD.avsc`. A release adds a directory; nothing there ever changes.
public final class ReleasedSchemas {
  /// Oldest first.
  static final List<String> VERSIONS = List.of("1");

  private ReleasedSchemas() {}

  /// All released versions of a record, oldest first.
  ///
  /// @param record simple name, for example `AuthTiming`
  public static List<Schema> of(String record) {
    var schemas = new ArrayList<Schema>();
    for (var version : VERSIONS) {
      var resource = "released/" + version + "/" + record + ".avsc";
      try (InputStream in = ReleasedSchemas.class.getResourceAsStream(resource)) {
        if (in != null) {
          schemas.add(new Schema.Parser().parse(in));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + resource, e);
      }
    }
    return List.copyOf(schemas);
  }
}

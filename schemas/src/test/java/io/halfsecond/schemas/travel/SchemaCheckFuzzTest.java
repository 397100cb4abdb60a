package io.halfsecond.schemas.travel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.schemas.RecordSchemas;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

class SchemaCheckFuzzTest {
  /// @param input the text of a schema
  @FuzzTest
  void should_give_a_schema_of_ours_or_refuse(byte[] input) {
    // given
    var json = new String(input, StandardCharsets.UTF_8);

    // when, then
    try {
      var schema = SchemaCheck.check(fingerprint(json), json);
      assertThat(RecordSchemas.named(schema.getFullName())).isPresent();
      assertThat(SchemaNormalization.toParsingForm(schema)).hasSizeLessThanOrEqualTo(json.length());
    } catch (RefusedSchemaException e) {
      assertThat(e.getMessage()).hasSizeLessThan(200);
    }
  }

  /// So that what is behind the check of the fingerprint is reached.
  private static long fingerprint(String json) {
    try {
      return SchemaNormalization.parsingFingerprint64(new Schema.Parser().parse(json));
    } catch (RuntimeException | StackOverflowError _) {
      return 0;
    }
  }
}

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Makes messages at random, serialises them with Kafka's own classes, and writes value and bytes to a file: one line of
 * JSON for each message and version. The same seed gives the same file. See README.md.
 */
public final class GoldenVectors {
  private static final List<String> APIS = List.of(
      "Produce", "Fetch", "ListOffsets", "Metadata", "OffsetCommit", "OffsetFetch", "FindCoordinator", "JoinGroup",
      "Heartbeat", "LeaveGroup", "SyncGroup", "DescribeGroups", "ListGroups", "ApiVersions", "CreateTopics",
      "DeleteTopics", "DeleteRecords", "InitProducerId", "OffsetForLeaderEpoch", "DescribeAcls", "CreateAcls",
      "DeleteAcls", "DescribeConfigs", "AlterConfigs", "DescribeLogDirs", "CreatePartitions", "DeleteGroups",
      "ElectLeaders", "IncrementalAlterConfigs", "AlterPartitionReassignments", "ListPartitionReassignments",
      "OffsetDelete", "DescribeClientQuotas", "AlterClientQuotas", "DescribeUserScramCredentials",
      "AlterUserScramCredentials", "DescribeQuorum", "UpdateFeatures", "DescribeCluster", "DescribeProducers",
      "ConsumerGroupHeartbeat", "ConsumerGroupDescribe", "ListConfigResources", "DescribeTopicPartitions");

  /** What a vector is made of: nulls and empty arrays, declared defaults, or anything. */
  private enum Style { EMPTY, DEFAULTS, RANDOM }

  private static final List<Style> STYLES =
      List.of(Style.EMPTY, Style.DEFAULTS, Style.RANDOM, Style.RANDOM, Style.RANDOM);
  private static final long[] LONGS = {0, -1, 1, Integer.MAX_VALUE + 1L, (1L << 53) - 1, -(1L << 53) + 1, 1L << 53,
      Long.MAX_VALUE, Long.MIN_VALUE};
  private static final String[] STRINGS = {"", "orders", "consumer-1", "größe", "日本語", "🚀 launch", "x".repeat(127),
      "y".repeat(300)};
  private static final JsonMapper MAPPER = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  public static void main(String[] args) throws Exception {
    try (var file = new FileOutputStream(args[0]);
        var out = new PrintWriter(new OutputStreamWriter(new GZIPOutputStream(file), StandardCharsets.UTF_8))) {
      for (String api : APIS) {
        for (String kind : List.of("Request", "Response")) writeVectors(out, api + kind);
      }
      writeVectors(out, "RequestHeader");
      writeVectors(out, "ResponseHeader");
    }
  }

  private static void writeVectors(PrintWriter out, String name) throws Exception {
    JsonNode definition;
    try (InputStream in = GoldenVectors.class.getResourceAsStream("/common/message/" + name + ".json")) {
      definition = MAPPER.readTree(in);
    }
    int[] valid = range(definition.get("validVersions").asText());
    for (int version = valid[0]; version <= valid[1]; version++) {
      var generator = new Generator(definition, (short) version, new Random(31L * name.hashCode() + version));
      ObjectNode line = JSON.objectNode().put("message", name).put("version", version);
      ArrayNode vectors = line.putArray("vectors");
      for (Style style : STYLES) {
        ObjectNode value = generator.struct(definition.get("fields"), style);
        vectors.addObject().put("hex", serialise(name, value, (short) version)).set("value", value);
      }
      out.print(MAPPER.writeValueAsString(line) + "\n");
    }
  }

  private static String serialise(String name, ObjectNode value, short version) throws Exception {
    Class<?> converter = Class.forName("org.apache.kafka.common.message." + name + "DataJsonConverter");
    Method read = converter.getMethod("read", JsonNode.class, short.class);
    Message message = (Message) read.invoke(null, value, version);
    var cache = new ObjectSerializationCache();
    ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(buffer), cache, version);
    return HexFormat.of().formatHex(buffer.array());
  }

  private static int[] range(String text) {
    if (text.equals("none")) return new int[] {1, 0};
    String[] ends = text.split("[-+]");
    int min = Integer.parseInt(ends[0]);
    return new int[] {min, text.endsWith("+") ? Integer.MAX_VALUE : Integer.parseInt(ends[ends.length - 1])};
  }

  /** Makes values for one version of a message. */
  private static final class Generator {
    private final short version;
    private final Random random;
    private final Map<String, JsonNode> structs = new HashMap<>();

    Generator(JsonNode definition, short version, Random random) {
      this.version = version;
      this.random = random;
      for (JsonNode struct : definition.path("commonStructs")) {
        structs.put(struct.get("name").asText(), struct.get("fields"));
      }
    }

    ObjectNode struct(JsonNode fields, Style style) {
      ObjectNode value = JSON.objectNode();
      for (JsonNode field : fields) {
        if (!holds(field, "versions")) continue;
        boolean tagged = holds(field, "taggedVersions");
        if (tagged && (style != Style.RANDOM || random.nextBoolean())) continue;
        String name = field.get("name").asText();
        value.set(Character.toLowerCase(name.charAt(0)) + name.substring(1), value(field, style));
      }
      return value;
    }

    private JsonNode value(JsonNode field, Style style) {
      boolean nullable = holds(field, "nullableVersions");
      if (nullable && (style == Style.EMPTY || random.nextInt(4) == 0)) return JSON.nullNode();
      String type = field.get("type").asText();
      if (!type.startsWith("[]")) return single(field, type, style);
      ArrayNode array = JSON.arrayNode();
      int length = switch (style) {
        case EMPTY -> 0;
        case DEFAULTS -> 1;
        case RANDOM -> random.nextInt(4);
      };
      for (int i = 0; i < length; i++) array.add(single(field, type.substring(2), style));
      return array;
    }

    private JsonNode single(JsonNode field, String type, Style style) {
      if (Character.isUpperCase(type.charAt(0))) {
        return struct(field.has("fields") ? field.get("fields") : structs.get(type), style);
      }
      String declared = field.path("default").asText("");
      boolean fixed = style != Style.RANDOM && !declared.isEmpty() && !declared.equals("null");
      return switch (type) {
        case "bool" -> JSON.booleanNode(fixed ? Boolean.parseBoolean(declared) : style == Style.RANDOM && random.nextBoolean());
        case "int8" -> JSON.numberNode(fixed ? Byte.decode(declared) : (byte) integer(style));
        case "int16" -> JSON.numberNode(fixed ? Short.decode(declared) : (short) integer(style));
        case "uint16" -> JSON.numberNode(integer(style) & 0xffff);
        case "int32" -> JSON.numberNode(fixed ? Integer.decode(declared) : integer(style));
        case "int64" -> JSON.numberNode(fixed ? Long.decode(declared) : style == Style.RANDOM ? longInteger() : 0L);
        case "float64" -> JSON.numberNode(style == Style.RANDOM ? random.nextGaussian() * 1e6 : 0.0);
        case "string" -> JSON.textNode(style == Style.RANDOM ? STRINGS[random.nextInt(STRINGS.length)] : "");
        case "uuid" -> JSON.textNode(uuid(style));
        case "bytes", "records" -> JSON.binaryNode(bytes(style));
        default -> throw new IllegalArgumentException("unknown type " + type);
      };
    }

    private int integer(Style style) {
      if (style != Style.RANDOM) return 0;
      return random.nextInt(3) == 0 ? random.nextInt(3) - 1 : random.nextInt();
    }

    private long longInteger() {
      return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong() >> 11;
    }

    private String uuid(Style style) {
      if (style != Style.RANDOM) return "AAAAAAAAAAAAAAAAAAAAAA";
      return new org.apache.kafka.common.Uuid(random.nextLong(), random.nextLong()).toString();
    }

    private byte[] bytes(Style style) {
      byte[] bytes = new byte[style == Style.RANDOM ? (random.nextInt(4) == 0 ? 200 : random.nextInt(16)) : 0];
      random.nextBytes(bytes);
      return bytes;
    }

    private boolean holds(JsonNode field, String key) {
      if (!field.has(key)) return false;
      int[] range = range(field.get(key).asText());
      return version >= range[0] && version <= range[1];
    }
  }
}

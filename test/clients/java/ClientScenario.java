import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Runs a scenario (see ../README.md) with Apache Kafka's Java client. */
public final class ClientScenario {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final String bootstrap;

  private ClientScenario(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  public static void main(String[] arguments) throws Exception {
    JsonNode scenario = JSON.readTree(arguments[0]);
    ClientScenario client = new ClientScenario(scenario.get("bootstrap").asText());
    int number = 0;
    for (JsonNode step : scenario.get("steps")) {
      switch (step.get("op").asText()) {
        case "produce" -> client.produce(number, step);
        case "consume" -> client.consume(number, step);
        default -> throw new IllegalArgumentException("unknown step " + step);
      }
      number++;
    }
  }

  private void produce(int number, JsonNode step) throws Exception {
    Map<String, Object> config = configOf(step);
    if (step.hasNonNull("codec")) {
      config.put("compression.type", step.get("codec").asText());
    }
    String topic = step.get("topic").asText();
    var serializer = new ByteArraySerializer();
    try (var producer = new KafkaProducer<>(config, serializer, serializer)) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (JsonNode record : step.get("records")) {
        sent.add(producer.send(toRecord(topic, record)));
      }
      for (int index = 0; index < sent.size(); index++) {
        RecordMetadata metadata = sent.get(index).get();
        ObjectNode event = event("acked", number).put("index", index).put("partition", metadata.partition());
        print(metadata.hasOffset() ? event.put("offset", metadata.offset()) : event.putNull("offset"));
      }
    }
  }

  private void consume(int number, JsonNode step) {
    String topic = step.get("topic").asText();
    List<TopicPartition> partitions = new ArrayList<>();
    step.get("partitions").forEach(partition -> partitions.add(new TopicPartition(topic, partition.asInt())));
    var deserializer = new ByteArrayDeserializer();
    try (var consumer = new KafkaConsumer<>(configOf(step), deserializer, deserializer)) {
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      seek(consumer, step.get("from"), ends);
      long deadline = System.nanoTime() + DEADLINE.toNanos();
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the end was not reached within " + DEADLINE);
        }
        consumer.poll(Duration.ofMillis(500)).forEach(record -> print(toEvent(number, record)));
      }
    }
  }

  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer, JsonNode from, Map<TopicPartition, Long> ends) {
    if (from.has("offset")) {
      ends.keySet().forEach(partition -> consumer.seek(partition, from.get("offset").asLong()));
    } else if (from.has("timestamp")) {
      Map<TopicPartition, Long> times = new HashMap<>();
      ends.keySet().forEach(partition -> times.put(partition, from.get("timestamp").asLong()));
      Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(times);
      ends.forEach(
          (partition, end) -> {
            OffsetAndTimestamp found = offsets.get(partition);
            consumer.seek(partition, found == null ? end : found.offset());
          });
    } else {
      consumer.seekToBeginning(ends.keySet());
    }
  }

  private Map<String, Object> configOf(JsonNode step) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrap);
    if (step.has("config")) {
      step.get("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
    }
    return config;
  }

  private static ProducerRecord<byte[], byte[]> toRecord(String topic, JsonNode json) {
    Integer partition = json.hasNonNull("partition") ? json.get("partition").asInt() : null;
    Long timestamp = json.hasNonNull("timestamp") ? json.get("timestamp").asLong() : null;
    var record =
        new ProducerRecord<>(topic, partition, timestamp, toBytes(json.get("key")), toBytes(json.get("value")));
    if (json.has("headers")) {
      json.get("headers").forEach(header -> record.headers().add(header.get(0).asText(), toBytes(header.get(1))));
    }
    return record;
  }

  private static byte[] toBytes(JsonNode text) {
    if (text == null || text.isNull()) {
      return null;
    }
    String value = text.isTextual() ? text.asText() : text.get("repeat").asText().repeat(text.get("times").asInt());
    return value.getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode toEvent(int number, ConsumerRecord<byte[], byte[]> record) {
    ObjectNode event =
        event("record", number)
            .put("partition", record.partition())
            .put("offset", record.offset())
            .put("timestamp", record.timestamp())
            .put("key", toText(record.key()))
            .put("value", toText(record.value()));
    var headers = event.putArray("headers");
    for (Header header : record.headers()) {
      headers.addArray().add(header.key()).add(toText(header.value()));
    }
    return event;
  }

  private static String toText(byte[] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static ObjectNode event(String name, int number) {
    return JSON.createObjectNode().put("event", name).put("step", number);
  }

  private static void print(ObjectNode event) {
    System.out.println(event);
  }
}

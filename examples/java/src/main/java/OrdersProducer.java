import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes one record to the topic orders, which is made by that. Arguments: [HOST:PORT] [--defaults]. */
public final class OrdersProducer {
  private OrdersProducer() {}

  public static void main(String[] args) throws Exception {
    Properties props = new Properties();
    props.put("bootstrap.servers", Bootstrap.from(args));
    if (!Arrays.asList(args).contains("--defaults")) {
      props.put("enable.idempotence", "false");
      props.put("acks", "1");
    }
    props.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    props.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");

    try (KafkaProducer<String, String> producer = new KafkaProducer<>(props)) {
      RecordMetadata written = producer.send(new ProducerRecord<>("orders", "key-1", "value-1")).get();
      System.out.println("written to " + written);
    }
  }
}

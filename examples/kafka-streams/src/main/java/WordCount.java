import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;

/** Counts the words of the topic orders, in all and by the hour, until it is ended. Argument: [HOST:PORT]. */
public final class WordCount {
  private static final String INPUT = "orders";
  private static final String COUNTS = "orders-counts";
  private static final String HOURLY = "orders-counts-hourly";

  private WordCount() {}

  public static void main(String[] args) throws Exception {
    Properties props = new Properties();
    props.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapFrom(args));
    props.put(StreamsConfig.APPLICATION_ID_CONFIG, "word-count");
    props.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    props.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    props.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
    props.put(StreamsConfig.STATE_DIR_CONFIG, "state");
    // Counts are written at each commit: every second, instead of every 30.
    props.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);

    createTopics(props);
    KafkaStreams streams = new KafkaStreams(topology(), props);
    CountDownLatch ended = new CountDownLatch(1);
    streams.setStateListener(
        (state, before) -> {
          System.out.println(state);
          if (state.hasCompletedShutdown()) ended.countDown();
        });
    // Leaves the group, so that the next start need not wait for the session of this one to time out.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP))));
    streams.start();
    ended.await();
  }

  private static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    // Grouping by word needs a repartition topic, each count a store with a changelog topic.
    KGroupedStream<String, String> words =
        builder
            .<String, String>stream(INPUT)
            .flatMapValues(line -> Arrays.asList(line.toLowerCase(Locale.ROOT).split("\\W+")))
            .filterNot((key, word) -> word.isEmpty())
            .groupBy((key, word) -> word, Grouped.as("words"));
    words
        .count(Materialized.as("counts"))
        .toStream()
        .mapValues(count -> Long.toString(count))
        .peek((word, count) -> System.out.println(word + ": " + count))
        .to(COUNTS);
    words
        .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofHours(1)))
        .count(Materialized.as("hourly"))
        .toStream((window, count) -> window.key() + " since " + window.window().startTime())
        .mapValues(count -> Long.toString(count))
        .to(HOURLY);
    return builder.build();
  }

  /** Kafka Streams makes its internal topics itself; those that it reads have to be there. */
  private static void createTopics(Properties props) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(props)) {
      for (String topic : List.of(INPUT, COUNTS, HOURLY)) {
        try {
          admin.createTopics(List.of(new NewTopic(topic, Optional.of(2), Optional.empty()))).all().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) throw e;
        }
      }
    }
  }

  /** The first argument, else the variable KAFSCALE_BOOTSTRAP, else localhost:9092. */
  private static String bootstrapFrom(String[] args) {
    if (args.length > 0) return args[0];
    return System.getenv().getOrDefault("KAFSCALE_BOOTSTRAP", "localhost:9092");
  }
}

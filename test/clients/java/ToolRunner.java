import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs command-line tools of Apache Kafka one after the other in one Java machine, as each start of one takes seconds.
 *
 * The argument is a list of calls in JSON, each a list of a class and its arguments; so is the result on the standard output,
 * each with the exit code and what was printed.
 */
public final class ToolRunner {
  /** Thrown where the program would have ended. */
  private static final class ExitCalled extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record Ended(int status, int outputLength) {}

  /** How the present call has ended, null while it hasn't. */
  private static Ended ended;

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    PrintStream standardOutput = System.out;
    // One stream for all calls: Scala's console keeps the one that it finds first.
    var captured = new ByteArrayOutputStream();
    var stream = new PrintStream(captured, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
    Exit.Procedure exit = (status, message) -> {
      if (ended == null) {
        ended = new Ended(status, captured.size());
      }
      throw new ExitCalled();
    };
    Exit.setExitProcedure(exit);
    Exit.setHaltProcedure(exit);
    ArrayNode results = json.createArrayNode();
    for (JsonNode call : json.readTree(arguments[0])) {
      captured.reset();
      ended = null;
      int exitCode = run(call);
      stream.flush();
      // Some tools catch what takes the place of the end of the program, and go on to report it.
      byte[] output = captured.toByteArray();
      int length = ended == null ? output.length : ended.outputLength;
      results
          .addObject()
          .put("exitCode", ended == null ? exitCode : ended.status)
          .put("output", new String(output, 0, length, StandardCharsets.UTF_8));
    }
    standardOutput.println(json.writeValueAsString(results));
    standardOutput.flush();
    // Tools may leave threads behind.
    Runtime.getRuntime().halt(0);
  }

  private static int run(JsonNode call) throws Exception {
    List<String> arguments = new ArrayList<>();
    call.forEach(argument -> arguments.add(argument.asText()));
    var main = Class.forName(arguments.remove(0)).getMethod("main", String[].class);
    try {
      main.invoke(null, (Object) arguments.toArray(String[]::new));
      return 0;
    } catch (InvocationTargetException failure) {
      failure.getCause().printStackTrace();
      return 1;
    }
  }
}

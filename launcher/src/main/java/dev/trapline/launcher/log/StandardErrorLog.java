package dev.trapline.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.trapline.abi.Visible;
import dev.trapline.launcher.output.OthersOutput;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;

/// Configures logging. Standard output is the guest's console, so the log goes to standard error.
///
/// It is configured in Java, because Logback's own files are XML, and the XML parser would add 20 ms to each start. A
/// program that embeds the command's classes can still name a configuration file: `-Dlogback.configurationFile=FILE`.
public final class StandardErrorLog extends ContextAwareBase implements Configurator {

    /// The property with the log level, one of Logback's; `WARN` if it is not set.
    private static final String LEVEL = "trapline.log.level";

    /// The property with the format of a line, a Logback pattern. By default, log lines look like all other
    /// messages, because warnings of the store are for the user. Developers can show where a line comes from:
    /// `-Dtrapline.log.pattern='%-5level %logger{24}: %msg%n'`.
    private static final String PATTERN = "trapline.log.pattern";

    private static final String FILE = "logback.configurationFile";

    /// Loggers that are silenced. If the store fails, the run ends with its own message, which a stack trace would
    /// only hide. The same holds for the libraries between the store and a database.
    /// That a server has no cluster is no mistake.
    private static final List<String> SILENT = List.of(
            "dev.trapline.journal.persistence.JournalWriter",
            "com.zaxxer.hikari",
            "slick",
            "akka.remote.RemoteActorRefProvider");

    private final OutputStream out;

    /// The log of this process. Logback makes it by reflection.
    public StandardErrorLog() {
        this(OthersOutput.log());
    }

    StandardErrorLog(OutputStream out) {
        this.out = out;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(FILE) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new VisibleEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(System.getProperty(PATTERN, "trapline: %msg%n"));
        encoder.start();
        // Who asks for more than warnings wants all of it.
        OutputStreamAppender<ILoggingEvent> appender =
                System.getProperty(LEVEL) == null ? new LimitedAppender() : new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(System.getProperty(LEVEL), Level.WARN));
        SILENT.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /// A message may hold what somebody else has sent, and must not drive the terminal.
    private static final class VisibleEncoder extends PatternLayoutEncoder {
        @Override
        public byte[] encode(ILoggingEvent event) {
            return Visible.lines(new String(super.encode(event), StandardCharsets.UTF_8))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}

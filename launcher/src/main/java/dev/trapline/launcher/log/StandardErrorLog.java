package dev.trapline.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.slf4j.Logger;

/// What is logged, and where to: standard output is the guest's console, so all of it goes to standard error.
///
/// In Java, because Logback's own files are XML, whose parser takes a start of the command 20 ms. A program that
/// embeds the command's classes can still name a file of its own: `-Dlogback.configurationFile=FILE`.
public final class StandardErrorLog extends ContextAwareBase implements Configurator {

    /// Says what is logged, as one of Logback's levels; `WARN` if it is not set.
    private static final String LEVEL = "trapline.log.level";

    /// Says how a line looks, as Logback's pattern. What the store says while it is tried again is for the user,
    /// like every other message; who works on Trapline wants to see where it comes from:
    /// `-Dtrapline.log.pattern='%-5level %logger{24}: %msg%n'`.
    private static final String PATTERN = "trapline.log.pattern";

    private static final String FILE = "logback.configurationFile";

    /// A store that fails ends the run with a message of its own, which the stack trace of its supervisor would
    /// only hide. The same for what stands between it and a database.
    private static final List<String> SILENT =
            List.of("dev.trapline.journal.persistence.JournalWriter", "com.zaxxer.hikari", "slick");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(FILE) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(System.getProperty(PATTERN, "trapline: %msg%n"));
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("STDERR");
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(System.getProperty(LEVEL), Level.WARN));
        SILENT.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}

package dev.trapline.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

class StandardErrorLogTest {

    @Test
    void warningsGoToStandardErrorAndLessIsDropped() {
        assertThat(logged(log -> {
                    log.getLogger("dev.trapline.some.Actor").info("too much");
                    log.getLogger("dev.trapline.some.Actor").warn("look here");
                }))
                .as("like every other message for the user")
                .isEqualTo("trapline: look here" + System.lineSeparator());
    }

    @Test
    void whatTheCommandItselfReportsIsNotLogged() {
        assertThat(logged(log -> {
                    log.getLogger("dev.trapline.journal.persistence.JournalWriter")
                            .error("the disk is full");
                    log.getLogger("com.zaxxer.hikari.pool.HikariPool").error("no database");
                    log.getLogger("slick.basic.BasicBackend").error("no database");
                }))
                .as("a store that fails ends the run with its own message")
                .isEmpty();
    }

    @Test
    void whatSomebodySentDoesNotDriveTheTerminal() {
        assertThat(logged(log -> log.getLogger("dev.trapline.remote.MachineDesk")
                        .warn("there is no machine called '{}'", "caf\u00e9\u001b[2J\u009b2J\r")))
                .isEqualTo(
                        "trapline: there is no machine called 'caf\u00e9\\x1b[2J\\x9b2J\\r'" + System.lineSeparator());
    }

    @Test
    void whoMakesItLogWithoutEndDoesNotFillADisk() {
        String said = logged(log -> {
            for (int i = 0; i < 100_000; i++) {
                log.getLogger("akka.io.TcpListener").error("no more connections", new IOException("too many files"));
            }
        });
        // A new minute may begin while it logs.
        assertThat(said.lines().filter(line -> line.equals("trapline: no more connections")))
                .as("those of a minute, or of two")
                .hasSizeBetween(LimitedAppender.MOST, 2 * LimitedAppender.MOST);
        assertThat(said).contains("trapline: 30 messages came within a minute; until it is over, more are left out");
    }

    @Test
    void whatIsLoggedInTheNextMinuteIsPrinted() {
        LoggerContext context = new LoggerContext();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        LimitedAppender appender = new LimitedAppender();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(said);
        appender.start();
        for (long millis : List.of(1_000_000L, 1_059_999L, 1_060_000L)) {
            for (int i = 0; i <= LimitedAppender.MOST; i++) {
                appender.doAppend(at(millis));
            }
        }
        assertThat(said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.equals("1000000")))
                .as("one is dropped")
                .hasSize(LimitedAppender.MOST);
        assertThat(said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.equals("1059999")))
                .as("the same minute")
                .isEmpty();
        assertThat(said.toString(StandardCharsets.UTF_8).lines().filter(line -> line.equals("1060000")))
                .as("another one")
                .hasSize(LimitedAppender.MOST);
    }

    private static LoggingEvent at(long millis) {
        LoggingEvent event = new LoggingEvent();
        event.setMDCPropertyMap(Map.of());
        event.setTimeStamp(millis);
        event.setLevel(Level.WARN);
        event.setMessage(Long.toString(millis));
        return event;
    }

    @Test
    @Timeout(60)
    void aPluginThatHoldsTheLocksOfTheStreamsHoldsNoLog() throws InterruptedException {
        Thread log = new Thread(
                () -> LoggerFactory.getLogger("dev.trapline.some.Actor").warn("nobody holds this"));
        synchronized (System.err) {
            synchronized (System.out) {
                log.start();
                log.join();
            }
        }
    }

    @Test
    void withoutTheScriptLogbackFindsTheSameByItself() {
        assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(LoggerContext.class);
        LoggerContext found = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(found.getLogger("ROOT").getAppender("STDERR"))
                .as("the configuration is in META-INF/services")
                .isNotNull();
    }

    private static String logged(Consumer<ILoggerFactory> work) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        LogProvider provider = new LogProvider(said);
        provider.initialize();
        work.accept(provider.getLoggerFactory());
        return said.toString(StandardCharsets.UTF_8);
    }
}

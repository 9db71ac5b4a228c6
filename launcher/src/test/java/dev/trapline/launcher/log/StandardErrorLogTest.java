package dev.trapline.launcher.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

class StandardErrorLogTest {

    @Test
    void warningsGoToStandardErrorAndLessIsDropped() {
        assertThat(logged(log -> {
                    log.getLogger("dev.trapline.some.Actor").info("too much");
                    log.getLogger("dev.trapline.some.Actor").warn("look here");
                }))
                .as("as every other message for the user")
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
                .as("a store that fails ends the run with a message of its own")
                .isEmpty();
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
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            LogProvider provider = new LogProvider();
            provider.initialize();
            work.accept(provider.getLoggerFactory());
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }
}

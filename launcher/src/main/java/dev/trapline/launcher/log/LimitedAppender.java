package dev.trapline.launcher.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;

/// Prints at most so many messages a minute. Others can make a server log something, as often as they like: anybody who
/// reaches its port does so by opening connections.
final class LimitedAppender extends OutputStreamAppender<ILoggingEvent> {

    /// How many messages a minute has room for.
    static final int MOST = 30;

    private static final long MINUTE_MILLIS = 60_000;

    private long begins;
    private int printed;

    @Override
    protected void append(ILoggingEvent event) {
        switch (counted(event.getTimeStamp())) {
            case PRINTED -> super.append(event);
            case LAST -> {
                super.append(event);
                super.append(note(event));
            }
            case LEFT_OUT -> {}
        }
    }

    private enum Treatment {
        PRINTED,
        LAST,
        LEFT_OUT
    }

    private synchronized Treatment counted(long millis) {
        if (millis - begins >= MINUTE_MILLIS || millis < begins) {
            begins = millis;
            printed = 0;
        }
        if (printed >= MOST) {
            return Treatment.LEFT_OUT;
        }
        printed++;
        return printed < MOST ? Treatment.PRINTED : Treatment.LAST;
    }

    private static ILoggingEvent note(ILoggingEvent event) {
        LoggingEvent note = new LoggingEvent();
        note.setMDCPropertyMap(event.getMDCPropertyMap());
        note.setLoggerName(event.getLoggerName());
        note.setLevel(event.getLevel());
        note.setThreadName(event.getThreadName());
        note.setTimeStamp(event.getTimeStamp());
        note.setMessage(MOST + " messages came within a minute; until it is over, more are left out");
        return note;
    }
}

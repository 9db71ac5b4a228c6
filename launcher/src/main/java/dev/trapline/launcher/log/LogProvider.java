package dev.trapline.launcher.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.trapline.launcher.output.OthersOutput;
import java.io.OutputStream;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/// Logback, without its search for a configuration in every jar of the class path. `./trapline` names this class in the
/// property `slf4j.provider`, so that SLF4J need not search for a provider either.
public final class LogProvider implements SLF4JServiceProvider {

    private final LoggerContext context = new LoggerContext();
    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final LogbackMDCAdapter adapter = new LogbackMDCAdapter();

    private final OutputStream out;

    /// The log of this process. SLF4J makes it by reflection.
    public LogProvider() {
        this(OthersOutput.log());
    }

    LogProvider(OutputStream out) {
        this.out = out;
    }

    @Override
    public void initialize() {
        context.setName("default");
        context.setMDCAdapter(adapter);
        StandardErrorLog log = new StandardErrorLog(out);
        log.setContext(context);
        log.configure(context);
        context.start();
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return adapter;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }
}

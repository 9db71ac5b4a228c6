package dev.trapline.launcher.serve;

import akka.actor.typed.ActorSystem;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.config.LayeredConfig;
import dev.trapline.config.ServeSettings;
import dev.trapline.launcher.options.CommonOptions;
import dev.trapline.launcher.options.ConfigOptions;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.ActorSystemStart;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.Interruption;
import dev.trapline.launcher.process.Services;
import dev.trapline.launcher.process.Signals;
import dev.trapline.launcher.recording.InputFiles;
import dev.trapline.remote.MachineHost;
import dev.trapline.remote.MachineServer;
import dev.trapline.remote.RemoteSettings;
import dev.trapline.vcpu.Machines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `trapline serve`.
@Command(
        name = "serve",
        description = {
            "Lets other processes start and drive machines in this one, until Ctrl-C.",
            "",
            "It needs the keys remote.key-store, remote.trust-store and remote.password-file. Both sides present a",
            "certificate, and connections without one are refused. docs/remote.md explains how to make certificates,",
            "what a driver can do, and how a Java program drives a machine.",
            "",
            "The first line on standard output is the address that drivers use.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline serve --config serve.conf",
            "  trapline serve --config serve.conf --set remote.port=25590 --plugin mine.jar"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "1:Trapline or a service failed: the message says where",
            "2:the command line or the configuration is wrong, or it cannot listen",
            "7:standard output cannot be written",
            "130:Ctrl-C or a signal: the machines were stopped, and their recordings closed"
        })
public final class ServeCommand implements Action {

    private static final int LARGEST_PASSWORD = 1024;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Terminal terminal;
    private final ActorSystemStart actors = new ActorSystemStart();

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final ConfigOptions configuration = new ConfigOptions();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    public ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return common.result();
    }

    @Override
    public Ending perform() {
        LayeredConfig layers = configuration.load(common.settings());
        ServeSettings serve = layers.serve();
        ServeRules.add(WithoutEffect.of(spec).and(layers)).check(terminal.err());
        RemoteSettings remote = remote(serve);
        actors.begin();
        Services services = Services.load(serve.plugins());
        ActorSystem<Void> system = actors.system();
        MachineHost host = new MachineHost(
                system,
                Engines.open(serve.library(), serve.shortcuts()),
                services.all(),
                serve.recordings(),
                serve.storage(),
                new MachineHost.Limits(serve.machines(), serve.memory()));
        CountDownLatch asked = new CountDownLatch(1);
        AtomicBoolean stopped = new AtomicBoolean();
        try (Signals signals = Signals.take();
                MachineServer server = listen(remote, host)) {
            signals.ask(
                    () -> {
                        asked.countDown();
                        // A plugin may have replaced what closes the server.
                        Interruption.ifHeld(format.isJson(), terminal.lastWords(), () -> !stopped.get());
                    },
                    () -> Interruption.end(format.isJson(), terminal.lastWords()));
            terminal.print(
                    format.isJson() ? document(server.address()) : "serving machines at " + server.address() + "\n");
            if (terminal.hasLost()) {
                // No driver can find a server whose address nobody was told.
                asked.countDown();
            }
            asked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String held = stop(Machines.of(system), stopped);
        return new Ending(Ending.INTERRUPTED, "interrupted", "the server was stopped" + held);
    }

    /// Stops all machines. One that waits for a service is given up: the service may never return.
    ///
    /// @param stopped set when that has begun
    /// @return what was given up, as the end of a sentence
    private static String stop(Machines machines, AtomicBoolean stopped) {
        CompletableFuture<Void> ended =
                machines.stopAll(Stop.Reason.INTERRUPTED).toCompletableFuture();
        stopped.set(true);
        boolean inTime = hasEnded(ended);
        String held = Interruption.whereHeld();
        if (!inTime && held.isEmpty()) {
            // Recordings are being closed, which takes as long as it takes. A second signal ends that.
            ended.join();
        } else if (!inTime) {
            List<String> services = machines.giveUpAll(Stop.Reason.INTERRUPTED);
            held += services.isEmpty() ? "" : "; its machine was given up";
            held += hasEnded(ended)
                    ? ""
                    : "; recordings that could not be closed are sound up to their last whole segments";
        }
        return held;
    }

    private static boolean hasEnded(CompletableFuture<Void> runs) {
        try {
            runs.get(Interruption.GRACE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of all runs has no failure", e);
        }
    }

    /// The server's address, as JSON.
    public static String document(String address) {
        return JsonObject.document("server").with("address", address).line();
    }

    private static MachineServer listen(RemoteSettings remote, MachineHost host) {
        try {
            return MachineServer.start(remote, host);
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }

    private static RemoteSettings remote(ServeSettings serve) {
        String password = new String(
                        InputFiles.read(
                                        "remote.password-file",
                                        present(serve.passwordFile(), "password-file"),
                                        LARGEST_PASSWORD,
                                        Waiting.UNLIMITED)
                                .toArray(),
                        StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("");
        return new RemoteSettings(
                serve.host(),
                serve.port(),
                present(serve.keyStore(), "key-store"),
                present(serve.trustStore(), "trust-store"),
                password);
    }

    private static Path present(@Nullable Path file, String key) {
        if (file == null) {
            throw CommandException.usage("remote." + key
                    + " is not set: a server needs a key, certificates that it trusts, and their password"
                    + " (docs/remote.md)");
        }
        return file;
    }
}

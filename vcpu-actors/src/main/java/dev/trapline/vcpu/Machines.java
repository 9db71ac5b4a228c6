package dev.trapline.vcpu;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import dev.trapline.abi.history.JournalRecord.Stop;
import dev.trapline.machine.MachineSetupException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The machines of an actor system: their names, and their guardian. Thread-safe.
public final class Machines implements Extension, MachineGuardian.Names {

    /// Valid names of machines. The name is part of the actors' addresses, and other modules use it as the name of
    /// a recording.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final ExtensionId<Machines> ID = new ExtensionId<>() {
        @Override
        public Machines createExtension(ActorSystem<?> system) {
            return new Machines(system);
        }
    };

    private final ActorRef<MachineGuardian.Command> guardian;
    /// The machines by name.
    private final SortedMap<String, Entry> known = new TreeMap<>();
    private long named;
    private boolean over;
    /// Why all runs were asked to end; null if they were not.
    private Stop.@Nullable Reason stopping;

    /// @param birth null until the machine is started
    /// @param begun whether its actor has started
    private record Entry(MachineGuardian.@Nullable Birth birth, boolean begun) {}

    private Machines(ActorSystem<?> system) {
        guardian = system.systemActorOf(MachineGuardian.create(this), "machines", Props.empty());
        system.getWhenTerminated().thenRun(this::systemIsOver);
    }

    /// The machines of an actor system.
    public static Machines of(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /// The parent of the machines' actors.
    public ActorRef<MachineGuardian.Command> guardian() {
        return guardian;
    }

    /// Asks every machine's run to end at the next slice boundary, also of machines that are started later.
    ///
    /// @return completes when all runs have ended
    public CompletionStage<Void> stopAll(Stop.Reason reason) {
        List<RunHandle> runs;
        synchronized (this) {
            stopping = reason;
            runs = runs();
        }
        runs.forEach(run -> run.stop(reason));
        return CompletableFuture.allOf(runs.stream().map(RunHandle::report).toArray(CompletableFuture[]::new))
                .handle((_, _) -> null);
    }

    private synchronized List<RunHandle> runs() {
        List<RunHandle> runs = new ArrayList<>();
        for (Entry entry : known.values()) {
            MachineGuardian.Birth birth = entry.birth();
            if (birth != null) {
                runs.add(birth.run());
            }
        }
        return runs;
    }

    /// Ends every run that waits for a service: see [MachineRun#giveUp].
    ///
    /// @return the services
    public List<String> giveUpAll(Stop.Reason reason) {
        List<String> services = new ArrayList<>();
        for (RunHandle run : runs()) {
            String service = run.runningService();
            if (service != null && run.giveUp(reason)) {
                services.add(service);
            }
        }
        return services;
    }

    /// Checks a name for a machine.
    ///
    /// @throws MachineSetupException if the name is invalid
    public static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MachineSetupException("a machine cannot be called '" + name
                    + "': a name has 1 to 64 letters, digits, '.', '_' and '-', and begins with a letter or a digit");
        }
        return name;
    }

    /// Reserves a name for a machine.
    ///
    /// @param wanted null for a name that no other machine has
    /// @throws MachineSetupException if the name is invalid, or another machine has it
    synchronized String take(@Nullable String wanted) {
        String name = wanted == null ? nextName() : requireName(wanted);
        if (known.putIfAbsent(name, new Entry(null, false)) != null) {
            throw new MachineSetupException("there is a machine called '" + name + "' already: choose another name");
        }
        return name;
    }

    private String nextName() {
        String name;
        do {
            name = "machine-" + named++;
        } while (known.containsKey(name));
        return name;
    }

    /// Starts a machine whose name was reserved: the guardian starts its actor.
    synchronized void start(MachineGuardian.Birth birth) {
        if (over) {
            lose(birth);
            return;
        }
        known.put(birth.name(), new Entry(birth, false));
        if (stopping != null) {
            birth.run().stop(stopping);
        }
        guardian.tell(new MachineGuardian.Spawn(birth));
    }

    @Override
    public synchronized void begun(MachineGuardian.Birth birth) {
        known.put(birth.name(), new Entry(birth, true));
    }

    @Override
    public synchronized void gone(String name) {
        known.remove(name);
    }

    /// Fails the runs of machines that have not been started.
    private void systemIsOver() {
        List<MachineGuardian.Birth> unborn = new ArrayList<>();
        synchronized (this) {
            over = true;
            for (Entry entry : known.values()) {
                MachineGuardian.Birth birth = entry.birth();
                if (birth != null && !entry.begun()) {
                    unborn.add(birth);
                }
            }
        }
        unborn.forEach(Machines::lose);
    }

    private static void lose(MachineGuardian.Birth birth) {
        birth.run().report().completeExceptionally(couldNotBegin(birth.name()));
    }

    static IllegalStateException couldNotBegin(String name) {
        return new IllegalStateException("the machine '" + name
                + "' could not begin: its actor failed, or its actor system was shut down before");
    }
}

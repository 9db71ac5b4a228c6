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

    /// What a machine may be called: it is part of its actors' addresses, and others use it as the name of a
    /// recording.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final ExtensionId<Machines> ID = new ExtensionId<>() {
        @Override
        public Machines createExtension(ActorSystem<?> system) {
            return new Machines(system);
        }
    };

    private final ActorRef<MachineGuardian.Command> guardian;
    /// By name.
    private final SortedMap<String, Entry> known = new TreeMap<>();
    private long named;
    private boolean over;

    /// @param birth null as long as the name is taken and nothing more
    /// @param begun whether its actor has been started
    private record Entry(MachineGuardian.@Nullable Birth birth, boolean begun) {}

    private Machines(ActorSystem<?> system) {
        guardian = system.systemActorOf(MachineGuardian.create(this), "machines", Props.empty());
        system.getWhenTerminated().thenRun(this::systemIsOver);
    }

    /// The machines of an actor system.
    public static Machines of(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /// The parent of their actors.
    public ActorRef<MachineGuardian.Command> guardian() {
        return guardian;
    }

    /// Asks every machine's run to end at the next slice boundary.
    ///
    /// @return completes when all of them have ended
    public CompletionStage<Void> stopAll(Stop.Reason reason) {
        List<CompletableFuture<?>> ends = new ArrayList<>();
        synchronized (this) {
            for (Entry entry : known.values()) {
                MachineGuardian.Birth birth = entry.birth();
                if (birth != null) {
                    birth.run().stop(reason);
                    ends.add(birth.run().report());
                }
            }
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).handle((_, _) -> null);
    }

    /// Checks what a machine is to be called.
    ///
    /// @throws MachineSetupException if a machine cannot be called so
    public static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MachineSetupException("a machine cannot be called '" + name
                    + "': a name has 1 to 64 letters, digits, '.', '_' and '-', and begins with a letter or a digit");
        }
        return name;
    }

    /// Takes a name for a machine.
    ///
    /// @param wanted null for one that no other machine has
    /// @throws MachineSetupException if it cannot be called so, or another machine is
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

    /// Has the guardian start a machine whose name was taken.
    synchronized void start(MachineGuardian.Birth birth) {
        if (over) {
            lose(birth);
            return;
        }
        known.put(birth.name(), new Entry(birth, false));
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

    /// Tells those who wait for a machine that has not been started that it will not be.
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

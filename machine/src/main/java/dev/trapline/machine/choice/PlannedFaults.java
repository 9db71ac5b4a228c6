package dev.trapline.machine.choice;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.SplitMix64;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.EntropyKey;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlan;
import dev.trapline.abi.fault.FaultRule;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.PlannedInjection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Answers by the rules of a plan what goes wrong: with calls, with the machine at moments and behind calls, and with
/// inputs. All other choices are left to others.
///
/// It counts calls and moments, so it must be asked about each call of the run, also while a recording is being
/// continued: there, what the recording has happened, and nothing else. Inputs are counted from where the run is live.
public final class PlannedFaults extends DelegatingChoices {

    /// Name and version, for recordings. Every change of a draw needs a new version.
    public static final String NAME = "planned-faults/2";

    /// So many faults come at moments in a row while the guest executes no instruction. Then it is left alone until
    /// it does: a run that nothing else lets continue ends, and one that is held again and again does not last for
    /// ever.
    private static final int MOST_IDLE_MOMENTS = 1_000;

    /// Names inputs in draws: no vCPU has this number.
    private static final long INPUTS = -2;

    private final MachineSpec machine;
    private final List<ArmedRule> all = new ArrayList<>();
    private final List<ArmedRule> calls = new ArrayList<>();
    private final List<ArmedRule> inputs = new ArrayList<>();
    private final List<ArmedMoments> moments = new ArrayList<>();
    /// What will be injected at the next boundary.
    private final Deque<PlannedInjection> due = new ArrayDeque<>();
    private final Deque<JournalRecord.Arrival> copies = new ArrayDeque<>();
    private final List<PlannedInjection> injected = new ArrayList<>();
    private boolean live;
    /// Of the last recorded turn: what was due up to its beginning was taken before the turn.
    private long turnRound = -1;
    private long slices;
    private long now;
    /// The last time that was answered as the next one.
    private long announced;
    /// How many faults came at moments since a slice ended, and how many slices had ended.
    private int passed;
    private long passedSince;

    /// @param machine in which things go wrong
    /// @param seed decides what a plan leaves open
    /// @param others answer for everything else, and for calls that no rule meets
    public PlannedFaults(FaultPlan plan, MachineSpec machine, long seed, Choices others) {
        this(plan, machine, seed, 0, others);
    }

    /// The same for a part of a run.
    ///
    /// @param since when it begins, in ticks: moments before are none of it
    public PlannedFaults(FaultPlan plan, MachineSpec machine, long seed, long since, Choices others) {
        super(others);
        this.machine = machine;
        SortedMap<String, ArmedRule> byName = new TreeMap<>();
        for (FaultRule rule : plan.rules()) {
            ArmedRule armed = new ArmedRule(rule, seed, since);
            all.add(armed);
            byName.put(rule.name(), armed);
            switch (rule.where()) {
                case CallPattern _ -> calls.add(armed);
                case InputPattern _ -> inputs.add(armed);
                case Moments when -> moments.add(new ArmedMoments(armed, when));
            }
        }
        all.forEach(armed -> armed.comesAfter(byName.get(armed.rule().when().after())));
    }

    /// What the plan injects in a run that is over, in order. With what would have come next: a round ended for it.
    public List<PlannedInjection> injected() {
        advance(slices, announced);
        List<PlannedInjection> all = new ArrayList<>(injected);
        all.addAll(due);
        return all;
    }

    @Override
    public @Nullable CallFault fault(Call call) {
        if (!live) {
            // In a live run, those up to the round that the call is in were passed before its turn.
            advance(call.slice(), turnRound);
        }
        slices = call.slice();
        now = call.time();
        ArmedRule first = null;
        CallFault chosen = null;
        // Each rule sees each call that it may meet, so that its count does not depend on the rules before it.
        for (ArmedRule armed : calls) {
            if (!isDue(armed, call)) {
                continue;
            }
            switch (armed.rule().what()) {
                case CallFault fault -> {
                    if (first == null) {
                        first = armed;
                        chosen = fault;
                    }
                }
                case MachineFault fault -> {
                    armed.fire(call.time());
                    SplitMix64 draws = armed.draws(call.caller().index(), call.nth());
                    inject(fault, call.caller(), new Moment.AtSlice(call.slice() + 1), draws);
                }
                case InputFault _ -> {}
            }
        }
        if (first == null) {
            return super.fault(call);
        }
        first.fire(call.time());
        return chosen;
    }

    private static boolean isDue(ArmedRule armed, Call call) {
        return armed.rule().where() instanceof CallPattern pattern
                && pattern.meets(call.caller(), call.exit(), call.function(), call.service())
                && (call.service() != null || !(armed.rule().what() instanceof CallFault fault && fault.needsService()))
                && armed.isEnabled(call.time())
                && armed.isWithin(call.slice(), call.time())
                && armed.meet(call.caller().index(), call.nth());
    }

    private void advance(long ended, long time) {
        for (ArmedMoments each : moments) {
            each.advance(ended, time, (armed, moment, draws) -> {
                if (!(armed.rule().what() instanceof MachineFault fault) || isTooOften(ended)) {
                    return false;
                }
                passed++;
                inject(fault, null, moment, draws);
                return true;
            });
        }
    }

    private boolean isTooOften(long ended) {
        if (ended != passedSince) {
            passedSince = ended;
            passed = 0;
        }
        return passed >= MOST_IDLE_MOMENTS;
    }

    private void inject(MachineFault fault, @Nullable VcpuId caller, Moment when, SplitMix64 draws) {
        for (Injection what : DrawnFaults.injections(fault, caller, machine, draws)) {
            due.add(new PlannedInjection(what, when));
        }
    }

    /// What a recording did not have did not happen in its part of the run. It may end just before what is due
    /// here.
    private void goLive(Place here) {
        if (!live) {
            live = true;
            advance(here.slices(), here.round());
            due.removeIf(each -> switch (each.when()) {
                case Moment.AtSlice(long ordinal) -> ordinal < here.slices();
                case Moment.AtTime(long ticks) -> ticks <= turnRound;
            });
        }
    }

    @Override
    public void recorded(ChoicePoint asked, long ready, Turn turn) {
        turnRound = asked.round();
        super.recorded(asked, ready, turn);
    }

    @Override
    public JournalRecord.@Nullable Arrival arrival(Place here) {
        slices = here.slices();
        now = here.round();
        goLive(here);
        advance(slices, now);
        PlannedInjection next = due.poll();
        if (next != null) {
            injected.add(next);
            return new JournalRecord.Injected(next.what());
        }
        JournalRecord.Arrival copy = copies.peek();
        if (copy != null && EditedChoices.fits(copy, here)) {
            return copies.remove();
        }
        JournalRecord.Arrival arrival = super.arrival(here);
        while (arrival != null && !inputs.isEmpty()) {
            JournalRecord.Arrival faulty = faulty(arrival);
            if (faulty != null) {
                return faulty;
            }
            arrival = super.arrival(here);
        }
        return arrival;
    }

    /// The input that arrives instead; null if it is dropped.
    private JournalRecord.@Nullable Arrival faulty(JournalRecord.Arrival arrival) {
        InputPattern.Kind kind = switch (arrival) {
            case JournalRecord.ConsoleInput _ -> InputPattern.Kind.CONSOLE;
            case JournalRecord.Frame _ -> InputPattern.Kind.NETWORK;
            case JournalRecord.Injected _, JournalRecord.Reconfigured _, JournalRecord.Stop _ -> null;
        };
        ArmedRule armed = kind == null ? null : struck(kind);
        return armed == null
                ? arrival
                : switch (fault(armed)) {
                    case DROPPED -> null;
                    case CORRUPTED -> DrawnFaults.corrupted(arrival, armed.draws(INPUTS, armed.met()));
                    case DOUBLED -> {
                        copies.add(arrival);
                        yield arrival;
                    }
                };
    }

    private static InputFault fault(ArmedRule armed) {
        if (armed.rule().what() instanceof InputFault fault) {
            return fault;
        }
        throw new InvariantViolation("a rule for inputs has another fault: " + armed.rule());
    }

    /// The rule that an input meets; null if it meets none.
    private @Nullable ArmedRule struck(InputPattern.Kind kind) {
        ArmedRule first = null;
        for (ArmedRule armed : inputs) {
            boolean isDue = armed.rule().where() instanceof InputPattern(InputPattern.Kind wanted)
                    && wanted == kind
                    && armed.isEnabled(now)
                    && armed.isWithin(slices, now)
                    && armed.meet(INPUTS, armed.met());
            if (isDue && first == null) {
                first = armed;
            }
        }
        if (first != null) {
            first.fire(now);
        }
        return first;
    }

    @Override
    public Bytes entropy(EntropyKey asked, int bytes) {
        Bytes drawn = super.entropy(asked, bytes);
        return inputs.isEmpty() || struck(InputPattern.Kind.ENTROPY) == null ? drawn : Bytes.EMPTY;
    }

    @Override
    public long arrivalBetween(long after, long until, boolean idle) {
        long given = super.arrivalBetween(after, until, idle);
        if (moments.isEmpty() || isTooOften(slices)) {
            return given;
        }
        long first = Math.min(given, next(after, until, true));
        if (idle && until == NEVER && first == NEVER) {
            return NEVER;
        }
        long soonest = Math.min(first, next(after, Math.min(first, until), false));
        announced = soonest < until ? soonest : announced;
        return soonest;
    }

    /// The next moment with a fault that wakes a machine, or with one that does not.
    private long next(long after, long until, boolean wakes) {
        long first = NEVER;
        for (ArmedMoments each : moments) {
            if (each.wakes() == wakes) {
                first = Math.min(first, each.between(after, until));
            }
        }
        return first;
    }

    @Override
    public void passOver(JournalRecord.Input recorded, Place here) {
        if (recorded instanceof JournalRecord.Injected(Injection what)) {
            advance(here.slices(), here.round());
            for (Iterator<PlannedInjection> each = due.iterator(); each.hasNext(); ) {
                if (each.next().what().equals(what)) {
                    each.remove();
                    return;
                }
            }
        }
        super.passOver(recorded, here);
    }

    @Override
    public Left left() {
        return super.left().with(all.stream().map(ArmedRule::count).toList());
    }
}

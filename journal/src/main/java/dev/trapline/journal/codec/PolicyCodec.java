package dev.trapline.journal.codec;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A policy as bytes.
///
/// ```text
///  varint count, toggles in ascending order of the name: text name, u8 on
///  varint count, rules in their order:
///    u8 conduits (bit 0 SMC, bit 1 HVC), u8 states (bit 0 A64, bit 1 A32, bit 2 T32), varint immediate
///    u8 functions: 0 one (u32), 1 range (u32 base, varint count), 2 owner (u8), 3 any
///    u8 action: 0 resident, 1 forward to the claimant, 2 forward to (text service), 3 deny
///    text origin
/// ```
public final class PolicyCodec {

    private static final int ONE = 0;
    private static final int RANGE = 1;
    private static final int OWNER = 2;
    private static final int ANY = 3;

    private static final int RESIDENT = 0;
    private static final int FORWARD = 1;
    private static final int FORWARD_TO = 2;
    private static final int DENY = 3;

    private static final int ALL_CONDUITS = 0b11;
    private static final int ALL_STATES = 0b111;
    private static final int LAST_IMMEDIATE = 0xffff;
    private static final int LAST_OWNER = 63;

    /// The most toggles, rules, and settings of services: a configuration has fewer.
    static final int MOST_ITEMS = 10_000;

    private PolicyCodec() {}

    public static void write(PackedWriter out, Policy policy) {
        out.items("toggles", policy.toggles().size(), MOST_ITEMS);
        policy.toggles().forEach((name, on) -> {
            out.string(name);
            out.ensure(RecordLayout.MAX_FIXED_BYTES);
            out.u8(on ? 1 : 0);
        });
        out.items("rules", policy.rules().size(), MOST_ITEMS);
        for (Rule rule : policy.rules()) {
            out.ensure(RecordLayout.MAX_FIXED_BYTES);
            match(out, rule.match());
            action(out, rule.action());
            out.string(rule.origin());
        }
    }

    private static void match(PackedWriter out, Match match) {
        out.u8((match.conduits().contains(Conduit.SMC) ? 1 : 0)
                | (match.conduits().contains(Conduit.HVC) ? 2 : 0));
        out.u8((match.states().contains(ExecutionState.A64) ? 1 : 0)
                | (match.states().contains(ExecutionState.A32) ? 2 : 0)
                | (match.states().contains(ExecutionState.T32) ? 4 : 0));
        out.varint(match.immediate());
        switch (match.functions()) {
            case Functions.One(FunctionId function) -> {
                out.u8(ONE);
                out.i32(function.value());
            }
            case Functions.Range(FunctionId base, long count) -> {
                out.u8(RANGE);
                out.i32(base.value());
                out.varint(count);
            }
            case Functions.Owner(int owner) -> {
                out.u8(OWNER);
                out.u8(owner);
            }
            case Functions.Any() -> out.u8(ANY);
        }
    }

    private static void action(PackedWriter out, Action action) {
        switch (action) {
            case Action.Resident() -> out.u8(RESIDENT);
            case Action.Forward(@Nullable String service) -> {
                out.u8(service == null ? FORWARD : FORWARD_TO);
                if (service != null) {
                    out.string(service);
                    out.ensure(RecordLayout.MAX_FIXED_BYTES);
                }
            }
            case Action.Deny() -> out.u8(DENY);
        }
    }

    public static Policy read(PackedReader in) {
        SortedMap<String, Boolean> toggles = new TreeMap<>();
        for (int left = in.items("the number of toggles", MOST_ITEMS); left > 0; left--) {
            toggles.put(in.string(), in.flag());
        }
        List<Rule> rules = new ArrayList<>();
        for (int left = in.items("the number of rules", MOST_ITEMS); left > 0; left--) {
            rules.add(new Rule(readMatch(in), readAction(in), in.string()));
        }
        return new Policy(toggles, rules);
    }

    private static Match readMatch(PackedReader in) {
        Set<Conduit> conduits = EnumSet.noneOf(Conduit.class);
        int conduitBits = bits(in, ALL_CONDUITS, "conduits");
        if ((conduitBits & 1) != 0) {
            conduits.add(Conduit.SMC);
        }
        if ((conduitBits & 2) != 0) {
            conduits.add(Conduit.HVC);
        }
        Set<ExecutionState> states = EnumSet.noneOf(ExecutionState.class);
        int stateBits = bits(in, ALL_STATES, "execution states");
        if ((stateBits & 1) != 0) {
            states.add(ExecutionState.A64);
        }
        if ((stateBits & 2) != 0) {
            states.add(ExecutionState.A32);
        }
        if ((stateBits & 4) != 0) {
            states.add(ExecutionState.T32);
        }
        int immediate = in.count("an immediate", LAST_IMMEDIATE);
        return new Match(conduits, immediate, readFunctions(in), states);
    }

    private static int bits(PackedReader in, int all, String what) {
        int bits = in.u8();
        if (bits == 0 || (bits & ~all) != 0) {
            throw new CodecException("a rule names " + what + " that there are not: 0x" + Integer.toHexString(bits));
        }
        return bits;
    }

    private static Functions readFunctions(PackedReader in) {
        int code = in.u8();
        return switch (code) {
            case ONE -> new Functions.One(new FunctionId(in.i32()));
            case RANGE -> new Functions.Range(new FunctionId(in.i32()), in.varint());
            case OWNER -> new Functions.Owner(Math.min(in.u8(), LAST_OWNER));
            case ANY -> new Functions.Any();
            default -> throw new CodecException("a rule names functions in an unknown way: " + code);
        };
    }

    private static Action readAction(PackedReader in) {
        int code = in.u8();
        return switch (code) {
            case RESIDENT -> new Action.Resident();
            case FORWARD -> new Action.Forward(null);
            case FORWARD_TO -> new Action.Forward(in.string());
            case DENY -> new Action.Deny();
            default -> throw new CodecException("there is no action of number " + code);
        };
    }
}

package dev.trapline.firmware.vendor;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.KvmRegister;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceDescriptor.Claim;
import dev.trapline.abi.firmware.ServiceDescriptor.Function;
import dev.trapline.abi.firmware.ServiceDescriptor.ResultName;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.abi.smccc.SmcccCall;
import dev.trapline.firmware.exit.ExitService;
import dev.trapline.firmware.smccc.Uid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The machine's own vendor-hypervisor calls (owner 6).
///
/// | Call | Identifier | Arguments | Returns |
/// |---|---|---|---|
/// | FEATURES | `0x86000000` | - | w0: a bit for each feature that a call by this conduit reaches; w1 to w3: 0 |
/// | UID | `0x8600FF01` | - | w0 to w3: the hypervisor's UID (DEN0028 §6.2) |
/// | REVISION | `0x8600FF03` | - | w0 1, w1 0 (DEN0028 §6.2) |
/// | CAPABILITY_QUERY | `0xC6001001` | x1 = conduit + (#imm << 16) + (state << 32), x2 = function identifier | x0 |
/// | CAPABILITY_QUERY | `0x86001001` | w1 = conduit + (#imm << 16), w2 = function identifier, w3 = state | w0 |
///
/// Features: bit 0 FEATURES itself, bit 1 PTP ([PtpService]), bit 16 EXIT, bit 17 CAPABILITY_QUERY; all
/// others are 0.
///
/// The UID is the setting `uid`: Trapline's own (`7a3c9e52-41d8-4b0f-9a6e-5d1f8c2b7e34`), or KVM's
/// (`28b46fb6-2ec5-11e9-a9ca-4b564d003a74`), for guests that know only KVM. With KVM's UID, bits 16 and 17 are 0,
/// because KVM uses them for other features, and REVISION is NOT_SUPPORTED. There is no call count: it is deprecated.
///
/// CAPABILITY_QUERY returns the decision for a call without making it: 0 denied, 1 answered in place, 2 forwarded to an
/// actor, and -3 (INVALID_PARAMETERS) if the arguments do not name a call. Conduit: 0 SMC, 1 HVC. State: 0 A64, 1 A32,
/// 2 T32. All other bits must be 0. The answer is valid at the time of the call: a new policy may change it.
public final class VendorHypService implements FirmwareService<VendorHypService.Identity> {

    /// FEATURES.
    public static final FunctionId FEATURES = FunctionId.fast32(6, 0);
    /// UID.
    public static final FunctionId UID = FunctionId.fast32(6, 0xff01);
    /// REVISION.
    public static final FunctionId REVISION = FunctionId.fast32(6, 0xff03);
    /// CAPABILITY_QUERY for AArch64.
    public static final FunctionId CAPABILITY_QUERY_64 = FunctionId.fast64(6, 0x1001);
    /// CAPABILITY_QUERY for AArch32, and for AArch64 callers of the SMC32 convention.
    public static final FunctionId CAPABILITY_QUERY_32 = FunctionId.fast32(6, 0x1001);

    private static final String UID_SETTING = "uid";
    private static final RegisterWrites REVISION_1_0 = RegisterWrites.fromX0(1, 0);

    private static final long NOT_SUPPORTED = -1;
    private static final long INVALID_PARAMETERS = -3;
    private static final long DENIED = 0;
    private static final long ANSWERED_IN_PLACE = 1;
    private static final long FORWARDED = 2;

    private static final long BIT_FEATURES = 1;
    private static final long BIT_PTP = 1 << 1;
    private static final long BIT_EXIT = 1 << 16;
    private static final long BIT_CAPABILITY_QUERY = 1 << 17;

    /// The hypervisor that the UID names.
    public enum Identity {
        /// Trapline.
        TRAPLINE("7a3c9e52-41d8-4b0f-9a6e-5d1f8c2b7e34"),
        /// Linux's KVM, which many guests know.
        KVM("28b46fb6-2ec5-11e9-a9ca-4b564d003a74");

        @SuppressWarnings("ImmutableEnumChecker") // register writes cannot change
        private final RegisterWrites uid;

        Identity(String uid) {
            this.uid = Uid.of(UID_SETTING, uid);
        }

        private static Identity of(String setting) {
            return switch (setting) {
                case "trapline" -> TRAPLINE;
                case "kvm" -> KVM;
                default -> throw new IllegalArgumentException("'uid' takes trapline or kvm, not '" + setting + "'");
            };
        }
    }

    @Override
    public ServiceDescriptor descriptor() {
        List<String> parameters = List.of("call", "function");
        List<ResultName> answers = List.of(
                new ResultName(DENIED, "DENIED"),
                new ResultName(ANSWERED_IN_PLACE, "RESIDENT"),
                new ResultName(FORWARDED, "FORWARDED"),
                new ResultName(INVALID_PARAMETERS, "INVALID_PARAMETERS"));
        return new ServiceDescriptor(
                "vendor-hyp",
                "2",
                List.of(
                        Claim.of(FEATURES),
                        Claim.of(UID),
                        Claim.of(REVISION),
                        Claim.of(CAPABILITY_QUERY_32),
                        Claim.of(CAPABILITY_QUERY_64)),
                List.of(),
                List.of(
                        new Function(FEATURES, "VENDOR_HYP_FEATURES", List.of(), List.of()),
                        new Function(UID, "VENDOR_HYP_UID", List.of(), List.of()),
                        new Function(
                                REVISION,
                                "VENDOR_HYP_REVISION",
                                List.of(),
                                List.of(new ResultName(NOT_SUPPORTED, "NOT_SUPPORTED"))),
                        new Function(
                                CAPABILITY_QUERY_32, "CAPABILITY_QUERY", List.of("call", "function", "state"), answers),
                        new Function(CAPABILITY_QUERY_64, "CAPABILITY_QUERY", parameters, answers)),
                List.of(new Setting(
                        UID_SETTING,
                        "trapline",
                        "the UID to report: trapline, or kvm for guests that know only KVM's services")),
                List.of(new KvmRegister.Bit(KvmRegister.Bitmap.VENDOR_HYP_BMAP, 0)));
    }

    @Override
    public Identity start(ServiceContext context) {
        return Identity.of(context.setting(UID_SETTING));
    }

    @Override
    public boolean offers(Identity identity, FunctionId function, GuestMemory memory) {
        return identity == Identity.TRAPLINE || !function.equals(REVISION);
    }

    @Override
    public Reply<Identity> apply(Identity identity, ServiceCall call, GuestMemory memory) {
        FunctionId function = call.smccc().functionId();
        if (function.equals(FEATURES)) {
            return Reply.of(identity, RegisterWrites.fromX0(features(identity, call), 0, 0, 0));
        }
        if (function.equals(UID)) {
            return Reply.of(identity, identity.uid);
        }
        if (function.equals(REVISION) && identity == Identity.TRAPLINE) {
            return Reply.of(identity, REVISION_1_0);
        }
        if (function.equals(CAPABILITY_QUERY_32) || function.equals(CAPABILITY_QUERY_64)) {
            return Reply.x0(identity, query(call));
        }
        return Reply.x0(identity, NOT_SUPPORTED);
    }

    private static long features(Identity identity, ServiceCall call) {
        long common = (call.reaches(FEATURES) ? BIT_FEATURES : 0) | (call.reaches(PtpService.PTP) ? BIT_PTP : 0);
        boolean asks64 = !call.exit().state().isAarch32();
        return switch (identity) {
            case KVM -> common;
            case TRAPLINE ->
                common
                        | (call.reaches(asks64 ? ExitService.EXIT : ExitService.EXIT_32) ? BIT_EXIT : 0)
                        | (call.reaches(asks64 ? CAPABILITY_QUERY_64 : CAPABILITY_QUERY_32) ? BIT_CAPABILITY_QUERY : 0);
        };
    }

    private static long query(ServiceCall call) {
        SmcccCall smccc = call.smccc();
        long packed = smccc.argument(1);
        boolean is64 = smccc.functionId().is64();
        Conduit conduit = conduit(packed & 0xffff);
        int immediate = (int) (packed >>> 16) & 0xffff;
        ExecutionState state = state(is64 ? packed >>> 32 : smccc.argument(3));
        long function = smccc.argument(2);
        if (conduit == null || state == null || function >>> 32 != 0) {
            return INVALID_PARAMETERS;
        }
        return switch (call.capabilities().decisionOn(conduit, immediate, (int) function, state)) {
            case DENIED -> DENIED;
            case RESIDENT -> ANSWERED_IN_PLACE;
            case FORWARDED -> FORWARDED;
        };
    }

    private static @Nullable Conduit conduit(long code) {
        if (code == 0) {
            return Conduit.SMC;
        }
        return code == 1 ? Conduit.HVC : null;
    }

    private static @Nullable ExecutionState state(long code) {
        if (code == 0) {
            return ExecutionState.A64;
        }
        if (code == 1) {
            return ExecutionState.A32;
        }
        return code == 2 ? ExecutionState.T32 : null;
    }
}

package dev.trapline.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/// The rules of style that can be checked on the syntax of one Java file. ArchUnit and Error Prone check rules that
/// need types.
final class JavaRules extends TreePathScanner<@Nullable Void, @Nullable Void> {

    /// The largest number of lines of a production source file.
    static final int FILE_LINES = 400;

    /// The largest number of lines of a method, with its annotations and without its documentation.
    static final int METHOD_LINES = 50;

    private static final Pattern OPTIONAL = Pattern.compile("(java\\.util\\.)?Optional(Int|Long|Double|<.*>)?");
    private static final Set<String> TOO_WIDE = Set.of("Exception", "RuntimeException");
    /// The modules that may print to the console.
    private static final Set<String> SPEAKING_MODULES = Set.of("launcher", "benchmarks", "testkit");

    private static final Set<String> FOREIGN_CALLS = Set.of("invokeExact", "upcallStub", "reinterpret");

    private final JavaFile file;
    private final List<Finding> findings = new ArrayList<>();

    private JavaRules(JavaFile file) {
        this.file = file;
    }

    /// All findings in one file, in order.
    static List<Finding> check(JavaFile file) {
        JavaRules rules = new JavaRules(file);
        rules.scan(new TreePath(file.unit()), null);
        return rules.findings;
    }

    @Override
    public @Nullable Void visitCompilationUnit(CompilationUnitTree unit, @Nullable Void nothing) {
        long lines = file.text().lines().count();
        if (isMain() && lines > FILE_LINES) {
            find(unit, "has " + lines + " lines, more than " + FILE_LINES + ": split it by concept");
        }
        if (Repository.name(file.path()).equals("package-info.java")
                && unit.getPackageAnnotations().stream().noneMatch(a -> name(a).equals("NullMarked"))) {
            find(unit, "is not annotated: write @NullMarked above the package declaration");
        }
        return super.visitCompilationUnit(unit, null);
    }

    @Override
    public @Nullable Void visitImport(ImportTree tree, @Nullable Void nothing) {
        String name = tree.getQualifiedIdentifier().toString();
        if (name.endsWith(".*")) {
            find(tree, "imports by wildcard: name each class");
        }
        if (name.startsWith("lombok.")) {
            find(tree, "uses Lombok: write a record");
        }
        return super.visitImport(tree, null);
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
        String name = tree.getSimpleName().toString();
        boolean topLevel = getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree;
        if (isMain() && topLevel && is(tree, Modifier.PUBLIC) && !file.isDocumented(getCurrentPath())) {
            find(tree, "public type " + name + " has no doc comment: say what it is and which invariant it keeps");
        }
        if (name.matches(".*(Utils?|Helpers?|Misc)")) {
            find(tree, name + " names no concept: move each method to the class of its subject");
        }
        return super.visitClass(tree, null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
        long lines = file.lastLine(tree) - file.firstLine(tree) + 1;
        if (isMain() && lines > METHOD_LINES) {
            find(
                    tree,
                    "method " + tree.getName() + " has " + lines + " lines, more than " + METHOD_LINES
                            + ": move a step of it to a method");
        }
        for (VariableTree parameter : tree.getParameters()) {
            if (isOptional(parameter)) {
                find(
                        parameter,
                        "parameter " + parameter.getName() + " is an Optional: overload the method, or take a"
                                + " @Nullable value");
            }
        }
        for (String advice : TextRules.adviceOnName(tree.getName().toString())) {
            find(tree, "the name " + tree.getName() + " has a retired phrase: " + advice);
        }
        return super.visitMethod(tree, null);
    }

    @Override
    public @Nullable Void visitVariable(VariableTree tree, @Nullable Void nothing) {
        if (getCurrentPath().getParentPath().getLeaf() instanceof ClassTree) {
            if (isOptional(tree)) {
                find(tree, "field " + tree.getName() + " is an Optional: make it a @Nullable field or a sealed type");
            }
            if (isMain() && is(tree, Modifier.STATIC) && !is(tree, Modifier.FINAL)) {
                find(tree, "field " + tree.getName() + " is static and changes: keep the state in an instance");
            }
        }
        return super.visitVariable(tree, null);
    }

    @Override
    public @Nullable Void visitAssert(AssertTree tree, @Nullable Void nothing) {
        find(tree, "uses the assert keyword, which is off by default: call InvariantViolation.require");
        return super.visitAssert(tree, null);
    }

    @Override
    public @Nullable Void visitCatch(CatchTree tree, @Nullable Void nothing) {
        String caught = tree.getParameter().getType().toString();
        if (TOO_WIDE.contains(caught) && isMain() && !isExplained(tree, "WIDE:")) {
            find(
                    tree,
                    "catches " + caught + ": catch the expected exceptions, or say above why all must be caught, as in"
                            + " '// WIDE: user code may throw anything'");
        }
        return super.visitCatch(tree, null);
    }

    @Override
    public @Nullable Void visitAnnotation(AnnotationTree tree, @Nullable Void nothing) {
        if (name(tree).equals("Disabled") && tree.getArguments().isEmpty()) {
            find(tree, "disables a test without a reason: write @Disabled(\"why, and until when\")");
        }
        return super.visitAnnotation(tree, null);
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
        String text = tree.toString();
        boolean console = text.equals("System.out") || text.equals("System.err");
        if (console && isMain() && !SPEAKING_MODULES.contains(Repository.module(file.path()))) {
            find(tree, text + " outside launcher: use a logger, or hand the text to the caller");
        }
        return super.visitMemberSelect(tree, null);
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void nothing) {
        ExpressionTree select = tree.getMethodSelect();
        if (select instanceof MemberSelectTree called) {
            String method = called.getIdentifier().toString();
            if (isMain() && FOREIGN_CALLS.contains(method) && !isExplained(tree, "SAFETY:")) {
                find(
                        tree,
                        method + " without '// SAFETY:' in its method or just above it: say why pointers live long"
                                + " enough, which thread calls, and which lengths are valid");
            }
            if (text(called.getExpression()).equals("Thread")
                    && method.equals("sleep")
                    && !isExplained(tree, "SLEEP:")) {
                find(tree, "sleeps: wait for the event itself, or say above why, as in '// SLEEP: ...'");
            }
        }
        return super.visitMethodInvocation(tree, null);
    }

    /// Whether the enclosing member, or one of the lines just above it, has a comment with this mark.
    private boolean isExplained(Tree tree, String mark) {
        TreePath path = getCurrentPath();
        while (path.getParentPath() != null && !(path.getParentPath().getLeaf() instanceof ClassTree)) {
            path = path.getParentPath();
        }
        long first = Math.max(1, file.firstLine(path.getLeaf()) - 6);
        return file.lines(first, file.lastLine(tree)).contains("// " + mark);
    }

    private boolean isMain() {
        return Repository.isMain(file.path());
    }

    private void find(Tree tree, String message) {
        findings.add(new Finding(file.path(), tree instanceof CompilationUnitTree ? 0 : file.firstLine(tree), message));
    }

    private static boolean is(ClassTree tree, Modifier modifier) {
        return tree.getModifiers().getFlags().contains(modifier);
    }

    private static boolean is(VariableTree tree, Modifier modifier) {
        return tree.getModifiers().getFlags().contains(modifier);
    }

    private static boolean isOptional(VariableTree tree) {
        return OPTIONAL.matcher(text(tree.getType())).matches();
    }

    private static String name(AnnotationTree tree) {
        return tree.getAnnotationType().toString();
    }

    private static String text(@Nullable Tree tree) {
        return tree == null ? "" : tree.toString();
    }
}

namespace Gatehouse.Emulator.Tokens;

/// <summary>What a caller was granted, and what it had asked for: asked and not granted is a missing role, not asked is a missing token.</summary>
internal sealed record Grant(string Subject, IReadOnlyList<AccessScope> Granted, IReadOnlyList<AccessScope> Asked)
{
    public bool Allows(AccessScope scope) => scope.Actions.All(action => scope.IsIn(Granted, action));

    public bool AskedFor(AccessScope scope) => scope.Actions.All(action => scope.IsIn(Asked, action));
}

/// <summary>Who calls, and what it may do at all.</summary>
/// <param name="Subject">For logs and tokens.</param>
internal sealed record Principal(string Subject, Func<AccessScope, string, bool> May)
{
    public Grant Grant(IReadOnlyList<AccessScope> asked) =>
        new(Subject, [.. asked.Select(scope => scope with { Actions = [.. scope.Actions.Where(action => May(scope, action))] })], asked);
}

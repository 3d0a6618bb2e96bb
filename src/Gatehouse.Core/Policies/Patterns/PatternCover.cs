using System.Text;

namespace Gatehouse.Core.Policies.Patterns;

internal enum Coverage
{
    Covered,
    NotCovered,

    /// <summary>The patterns are so tangled that the answer is not worth its price; callers refuse.</summary>
    Undecided,
}

/// <param name="Example">The shortest name that shows it, when not covered.</param>
internal readonly record struct CoverAnswer(Coverage Coverage, string? Example);

/// <summary>
/// Whether every name one pattern takes is taken by at least one of others. Exact: both sides are walked as automata over all names of
/// two or more segments, so that <c>a.io/?*</c> and <c>a.io/*</c> are the same, and two parents may cover a child together.
/// </summary>
internal sealed class PatternCover
{
    /// <summary>Transitions one comparison of documents may try: some hundred milliseconds.</summary>
    public const long DefaultBudget = 10_000_000;

    /// <summary>How a name must be built: '/', a segment, and then once or more '/' and a segment. The last state accepts.</summary>
    private const int NameAccepts = 4;

    private long _budget;

    public PatternCover(long budget = DefaultBudget) => _budget = budget;

    public CoverAnswer Check(SourcePattern inner, IReadOnlyList<SourcePattern> outer)
    {
        if (outer.Any(pattern => pattern.Text == inner.Text))
        {
            return new(Coverage.Covered, null);
        }

        outer = [.. outer.Where(inner.CanMeet)];
        var alphabet = Alphabet(outer.Append(inner));
        var start = Node.Start(inner.Glob, outer);
        var seen = new HashSet<string> { start.Key() };
        var waiting = new Queue<Node>([start]);
        while (waiting.TryDequeue(out var node))
        {
            if (node.Name == NameAccepts && node.Inner[^1] && !node.Outer.Any(states => states.Length > 0 && states[^1]))
            {
                return new(Coverage.NotCovered, node.Text()[1..]);
            }

            foreach (var c in alphabet)
            {
                _budget -= inner.Glob.States;
                if (NextInName(node.Name, c) is var name and >= 0 && node.Step(inner.Glob, outer, c, name) is { } next)
                {
                    _budget -= next.Outer.Sum(states => states.Length);
                    if (seen.Add(next.Key()))
                    {
                        waiting.Enqueue(next);
                    }
                }

                if (_budget < 0)
                {
                    return new(Coverage.Undecided, null);
                }
            }
        }

        return new(Coverage.Covered, null);
    }

    /// <summary>The slash, every literal, and one character that stands for all others.</summary>
    private static List<char> Alphabet(IEnumerable<SourcePattern> patterns)
    {
        var literals = patterns.SelectMany(pattern => pattern.Glob.Literals).Append('/').ToHashSet();
        var other = SourcePattern.NameCharacters.Where(c => !literals.Contains(c)).Take(1);
        return [.. other, .. literals.Order()];
    }

    private static int NextInName(int state, char c) => (state, c) switch
    {
        (0, '/') => 1,
        (0, _) => -1,
        (1 or 3, '/') => -1,
        (2 or 4, '/') => 3,
        (1 or 2, _) => 2,
        _ => 4,
    };

    /// <summary>Where all automata stand after the same characters. An outer one that is stuck is an empty array.</summary>
    private sealed record Node(int Name, bool[] Inner, bool[][] Outer, Node? Before, char Character)
    {
        public static Node Start(Glob inner, IReadOnlyList<SourcePattern> outer)
        {
            return new(0, At(inner), [.. outer.Select(pattern => At(pattern.Glob))], null, default);

            static bool[] At(Glob glob)
            {
                var states = new bool[glob.States];
                glob.Enter(states, 0);
                return states;
            }
        }

        public Node? Step(Glob inner, IReadOnlyList<SourcePattern> outer, char c, int name)
        {
            var reached = new bool[inner.States];
            if (!inner.Advance(Inner, reached, c))
            {
                return null;
            }

            var others = new bool[outer.Count][];
            for (var i = 0; i < others.Length; i++)
            {
                var next = Outer[i].Length == 0 ? [] : new bool[Outer[i].Length];
                others[i] = next.Length > 0 && outer[i].Glob.Advance(Outer[i], next, c) ? next : [];
            }

            return new(name, reached, others, this, c);
        }

        public string Key()
        {
            var key = new StringBuilder().Append((char)Name);
            Append(Inner);
            for (var i = 0; i < Outer.Length; i++)
            {
                if (Outer[i].Length > 0)
                {
                    key.Append('\uFFFF').Append((char)i);
                    Append(Outer[i]);
                }
            }

            return key.ToString();

            void Append(bool[] states)
            {
                for (var i = 0; i < states.Length; i++)
                {
                    if (states[i])
                    {
                        key.Append((char)(i + 1));
                    }
                }
            }
        }

        public string Text()
        {
            var text = new StringBuilder();
            for (var node = this; node.Before is not null; node = node.Before)
            {
                text.Insert(0, node.Character);
            }

            return text.ToString();
        }
    }
}

using Gatehouse.Core.Results;

namespace Gatehouse.Evidence.Reports;

/// <summary>The first thing wrong with a document being read, and how much of it was read.</summary>
internal sealed class ReportSource
{
    private int _findings;

    public Error? Problem { get; private set; }

    public void Complain(NodePath at, string why) => Problem ??=
        new Error(ErrorKind.Invalid, "report-malformed", $"{at} {why}.", at.ToString());

    /// <summary>False once there are too many, which is a problem of the document.</summary>
    public bool CountFinding(NodePath at)
    {
        if (++_findings <= ReportReader.MaxFindings)
        {
            return true;
        }

        Problem ??= new Error(ErrorKind.TooLarge, "report-too-long", $"{at} is beyond the {ReportReader.MaxFindings} findings one report may have.", at.ToString());
        return false;
    }
}

/// <summary>Where a value stands, written as <c>$.runs[0].results[3].message</c> only when somebody asks.</summary>
internal sealed class NodePath
{
    private readonly NodePath? _parent;
    private readonly string? _name;
    private readonly int _index;

    private NodePath(NodePath? parent, string? name, int index) => (_parent, _name, _index) = (parent, name, index);

    public static NodePath Root { get; } = new(null, null, 0);

    public NodePath Child(string name) => new(this, name, 0);

    public NodePath Child(int index) => new(this, null, index);

    public override string ToString() => this switch
    {
        { _parent: null } => "$",
        { _name: not null } => $"{_parent}.{_name}",
        _ => $"{_parent}[{_index}]",
    };
}

namespace Gatehouse.Core.Policies.Documents;

internal static class PolicyLimits
{
    /// <summary>Bytes of a document in UTF-8.</summary>
    public const int MaxDocumentBytes = 256 * 1024;

    /// <summary>Items of one list.</summary>
    public const int MaxListItems = 256;

    /// <summary>Characters.</summary>
    public const int MaxDescriptionLength = 2000;

    /// <summary>People who can be asked to approve one intake.</summary>
    public const int MaxApprovals = 10;
}

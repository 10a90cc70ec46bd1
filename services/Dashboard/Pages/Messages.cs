using Federation.Dashboard.Serving;

namespace Federation.Dashboard.Pages;

/// <summary>Pages that say one thing.</summary>
internal static class Messages
{
    public static PageContent NotFound(string what) => Of("Not found", 404, $"There is no {what} here, or your account may not see it.");

    public static PageContent NoSuchPage() => Of("Not found", 404, "There is no such page.");

    public static PageContent Forbidden(string detail) => Of("Not allowed", 403, detail);

    public static PageContent StaleForm() => Of("The form has expired", 400, "The form was not sent from a page that is open in this browser now. Go back, reload the page, and send it again.");

    public static PageContent Fault() => Of("Something went wrong", 500, "The dashboard failed to draw this page. Its log says why; the plane and what it runs are not affected.");

    private static PageContent Of(string title, int status, string text) => PageContent.Of<MessagePage>(title, "", new Message(title, text, status)) with { Status = status };
}

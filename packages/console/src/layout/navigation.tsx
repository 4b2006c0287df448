import { Link } from '@tanstack/react-router'
import { maySee, pages, sections } from '../pages.ts'
import { useSession } from '../session.ts'

/** The links to the pages that whoever is signed in may see. */
export function Navigation({ onChosen }: { readonly onChosen?: () => void }): React.JSX.Element {
  const session = useSession()
  return (
    <nav aria-label="Pages" className="flex flex-col gap-4">
      {sections.map((section) => {
        const here = pages.filter((page) => page.section === section && maySee(page, session))
        return here.length === 0 ? null : (
          <div key={section}>
            <p className="px-3 pb-1 text-xs font-medium text-quiet">{section}</p>
            <ul>
              {here.map(({ path, title }) => (
                <li key={path}>
                  <Link
                    to={path}
                    {...(onChosen === undefined ? {} : { onClick: onChosen })}
                    activeOptions={{ exact: path === '/', includeSearch: false }}
                    className="block rounded-md px-3 py-1 hover:bg-raised"
                    activeProps={{ className: 'bg-accent-soft font-medium text-accent' }}
                  >
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}

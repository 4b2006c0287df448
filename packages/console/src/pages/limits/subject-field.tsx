import { useQuery } from '@tanstack/react-query'
import { lists } from '../../api/lists.ts'
import { Select } from '../../parts/select.tsx'
import { TextField } from '../../parts/text-field.tsx'
import type { SubjectKind } from './limit-form.ts'

interface SubjectFieldProps {
  readonly kind: Exclude<SubjectKind, 'account'>
  readonly value: string
  readonly account: string
  readonly onChange: (id: string) => void
}

/** Which one of a kind, or each of them. What has an id is chosen from a list, which is asked for when it is needed. */
export function SubjectField(props: SubjectFieldProps): React.JSX.Element {
  switch (props.kind) {
    case 'team':
      return <TeamField {...props} />
    case 'member':
      return <MemberField {...props} />
    case 'key':
      return <KeyField {...props} />
    case 'environment':
    case 'tag':
    case 'customer':
      return (
        <TextField
          label={`Which ${props.kind}`}
          value={props.value}
          onChange={props.onChange}
          hint={`Its name. Empty: each ${props.kind} has the limit for itself.`}
        />
      )
  }
}

function TeamField(props: SubjectFieldProps): React.JSX.Element {
  const { data = [] } = useQuery(lists.teams(props.account))
  return <OneOrEach {...props} named={data} />
}

function MemberField(props: SubjectFieldProps): React.JSX.Element {
  const { data = [] } = useQuery(lists.members(props.account))
  const there = data.filter(({ status }) => status !== 'removed')
  return <OneOrEach {...props} named={there.map(({ id, email }) => ({ id, name: email }))} />
}

function KeyField(props: SubjectFieldProps): React.JSX.Element {
  const { data = [] } = useQuery(lists.keys(props.account))
  const working = data.filter(({ status }) => status === 'active')
  return <OneOrEach {...props} named={working.map(({ id, name }) => ({ id, name: `${name} (${id.slice(-6)})` }))} />
}

interface OneOrEachProps extends SubjectFieldProps {
  readonly named: readonly { readonly id: string; readonly name: string }[]
}

const OneOrEach = ({ kind, value, onChange, named }: OneOrEachProps): React.JSX.Element => (
  <Select
    label={`Which ${kind}`}
    value={value}
    options={[
      { value: '', text: `Each ${kind}, for itself` },
      ...named.map(({ id, name }) => ({ value: id, text: name })),
    ]}
    onChange={onChange}
  />
)
